"""What an operator needs beside the processes: how it goes, backups, alarms."""
