"""phpBB 3 shows an attachment by its number: says which files that are, for the `resolve` of `guard.toml`.

    resolve = ["python3", "/srv/guard/phpbb_resolve.py", "/var/www/forum/files", "phpbb_",
               "mysql", "--defaults-extra-file=/srv/guard/phpbb.cnf", "-B", "-N", "forum", "-e"]

The folder of the attachments, the prefix of phpBB's tables, and a command that runs the query which is put
behind it and prints the rows, a tab between two columns. The guard puts the address behind all that. Give
it an account that may read the one table.
"""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def main(folder: str, prefix: str, *command_and_address: str) -> int:
    *command, address = command_and_address
    asked = urlsplit(address)
    (number, *_) = parse_qs(asked.query).get("id", [""])
    if not asked.path.endswith("/download/file.php") or not re.fullmatch("[0-9]{1,10}", number):
        return 0
    query = f"SELECT physical_filename, thumbnail FROM {prefix}attachments WHERE attach_id = {int(number)}"  # noqa: S608
    done = subprocess.run([*command, query], stdout=subprocess.PIPE, text=True, check=True, timeout=15)
    for row in done.stdout.splitlines():
        name, _, thumbnail = row.partition("\t")
        if name and "/" not in name:
            print(Path(folder, name))
            if thumbnail.strip() == "1":
                print(Path(folder, f"thumb_{name}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
