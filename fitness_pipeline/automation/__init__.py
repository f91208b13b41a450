"""What runs the assets: jobs, schedules, sensors; and what watches over them: asset checks."""
