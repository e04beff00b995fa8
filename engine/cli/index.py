"""Every verb of `engine`: where its function is, and its line of help. Nothing heavy is imported to list them."""

VERBS: dict[str, tuple[str, str]] = {
    "run": ("engine.cli.run:run", "Train what a queue file asks for, and follow it to the end."),
    "attach": ("engine.cli.attach:attach", "Follow what runs without owning it: Ctrl-C leaves."),
    "validate": ("engine.cli.validate:validate", "Say what is wrong with a queue file, or what it costs."),
    "status": ("engine.cli.status:status", "Show the queue: what runs, what waits, what is done."),
    "show": ("engine.cli.show:show", "Show one job whole: settings, curves, test, attempts."),
    "logs": ("engine.cli.logs:logs", "Print a job's worker log; -f follows it."),
    "leaderboard": ("engine.cli.leaderboard:leaderboard", "Rank what is done: table, CSV, JSON or Markdown."),
    "digits": ("engine.cli.digits:digits", "Show the test digits that a job got wrong, as text pictures."),
    "inspect": ("engine.cli.inspect:inspect", "Look into a data set, or at the layers of a model."),
    "stop": ("engine.cli.stop:stop", "Ask jobs to stop after their epoch, or now."),
    "hold": ("engine.cli.tend:hold", "Keep waiting jobs from starting."),
    "release": ("engine.cli.tend:release", "Let held jobs start again."),
    "retry": ("engine.cli.tend:retry", "Try jobs again that failed or stopped."),
    "rm": ("engine.cli.remove:rm", "Delete jobs: folders and rows."),
    "prune": ("engine.cli.remove:prune", "Delete failed and withdrawn jobs, and runs/old."),
    "export": ("engine.cli.export:export", "Save a job's trained model for Keras."),
    "doctor": ("engine.cli.doctor:doctor", "Look over this machine and the store."),
    "rebuild": ("engine.cli.rebuild:rebuild", "Make the database anew from the folders."),
    "completion": ("engine.cli.completion:completion", "Print the completion script of a shell."),
    "schema": ("engine.cli.schema:schema", "Print the JSON Schema of the queue file, for editors."),
}
