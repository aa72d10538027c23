#!/bin/sh
# Install Mesure from this archive, without a network: ./install.sh FOLDER
# Each version has a folder of its own, such as /opt/mesure-1; /opt/mesure is a link to the one in use.
# Nothing outside the folder is touched. PYTHON=/path/to/python names an interpreter.
set -eu
umask 022 # The service, which is not root, must be able to run what root installs.
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-}
read -r version machine <"$here/needs.txt"
python=${PYTHON:-python$version}

stop() {
  echo "$1" >&2
  exit 2
}

[ -n "$folder" ] || stop "Name a folder for this version, such as: ./install.sh /opt/mesure-1"
command -v "$python" >/dev/null 2>&1 ||
  stop "There is no '$python' here. This archive needs Python $version with its venv module; name it: PYTHON=/path/to/python$version ./install.sh"
[ "$("$python" -c 'import platform, sys; print("%d.%d" % sys.version_info[:2], platform.machine())')" = "$version $machine" ] ||
  stop "'$python' is not Python $version on $machine, for which this archive was made. Name another (PYTHON=...), or take the archive for this machine."
(cd "$here" && sha256sum --check --quiet SHA256SUMS) ||
  stop "A file of this archive is not what it was when it was made. Nothing was installed; copy the archive anew."
[ ! -e "$folder/pyvenv.cfg" ] ||
  stop "There is a program in $folder already. Nothing was changed; name a new folder, and the way back stays open."

"$python" -m venv "$folder" || stop "No environment can be made in $folder. On Debian: apt install python$version-venv"
"$folder/bin/python" -m pip --disable-pip-version-check --quiet install \
  --no-index --find-links "$here/wheels" --require-hashes --only-binary :all: --no-deps -r "$here/requirements.txt"
"$folder/bin/mesure" --version >/dev/null
echo "Mesure $("$folder/bin/mesure" --version) is in $folder."
echo "Try it:         $folder/bin/mesure serve"
echo "As a service:   mesure.service, mesurectl, and how to go on stands in for_operators.md"
