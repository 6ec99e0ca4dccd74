#!/usr/bin/env bash
# Prove the two commands of the README on a Debian that has nothing but Python.
#
#   sudo installer/prove_in_chroot.sh DIR
#
# Makes DIR with debootstrap (an existing one is used as it is; remove it for a fresh proof), copies the working tree
# into it and there, with times:
#   1. a plain user without sudo is told what to ask an administrator for
#   2. root runs `dev.py test`, twice: the second call must find everything in place
#   3. root runs `dev.py run`, without a display
#   4. Qt draws a window, in memory and on a virtual X screen
#   5. a plain user can prepare and test too, now that the system libraries are there
# What this machine knows of mirrors, name servers and certificates is lent to DIR. Options, from the environment:
#   PROOF_SUITE      Debian release, default bookworm
#   PROOF_MIRROR     default: the first one in this machine's apt sources
#   PROOF_TEST_ARGS  arguments of pytest, default "tests/installer"
#   PROOF_RUN_ARGS   arguments of the program, default none
#   PROOF_RUN_S      how many seconds the program must stay up, default 20; 0: it must end by itself with success
#   PROOF_STEPS      default "1 2 3 4 5"
set -euo pipefail

dir=$(realpath -m "${1:?which directory?}")
tree=$(cd "$(dirname "$0")/.." && pwd)
suite=${PROOF_SUITE:-bookworm}
sources=(/etc/apt/sources.list /etc/apt/sources.list.d/*)
steps=" ${PROOF_STEPS:-1 2 3 4 5} "
mounts=()
failures=0

first_mirror() {
    cat "${sources[@]}" 2>/dev/null | grep -v '^#' | grep -oE 'https?://[^ ]+' | head -n 1
}

# Root's and the plain user's environment: bare, but for how pip and npm reach their index.
inside() {
    local user=$1 pip=()
    shift
    while IFS= read -r -d '' pair; do pip+=("$pair"); done < <(env -0 | grep -z '^PIP_' | grep -zv '^PIP_CERT=' || true)
    [ -e "$dir/etc/ssl/proof.crt" ] && pip+=(PIP_CERT=/etc/ssl/proof.crt NODE_EXTRA_CA_CERTS=/etc/ssl/proof.crt)
    chroot --userspec="$user" "$dir" env -i "HOME=$(home_of "$user")" PATH=/usr/local/bin:/usr/bin:/bin "${pip[@]}" \
        "${extra[@]}" "$@" </dev/null
}
extra=()

home_of() { [ "$1" = root ] && echo /root || echo /home/visitor; }
tree_of() { echo "$(home_of "$1")/roams"; }

# in_tree USER COMMAND...: run it in that user's copy of the tree.
in_tree() {
    local user=$1
    shift
    inside "$user" sh -c 'cd "$0" && exec "$@"' "$(tree_of "$user")" "$@"
}

# expect CODE NAME COMMAND...: run it with its time, and compare the exit code.
expect() {
    local wanted=$1 name=$2 code=0 started=$EPOCHREALTIME
    shift 2
    printf '\n=== %s\n' "$name"
    "$@" || code=$?
    printf -- '--- %s: exit %d (wanted %s), %.1f s\n' "$name" "$code" "$wanted" \
        "$(awk "BEGIN { print $EPOCHREALTIME - $started }")"
    [ "$code" = "$wanted" ] || failures=$((failures + 1))
}

make_system() {
    [ -e "$dir/etc/debian_version" ] && return
    debootstrap --variant=minbase --include=python3 "$suite" "$dir" "${PROOF_MIRROR:-$(first_mirror)}" >"$dir.log"
}

lend_network() {
    local mirror=${PROOF_MIRROR:-$(first_mirror)} file certificates
    cp -L /etc/resolv.conf /etc/hosts "$dir/etc/"
    for file in "${sources[@]}"; do
        # Only the sources of this release: others need keys that a bare system lacks.
        if [ -f "$file" ] && grep -q "$mirror" "$file" && grep -q "$suite" "$file"; then
            rm -f "$dir/etc/apt/sources.list"
            cp "$file" "$dir/etc/apt/sources.list.d/"
        fi
    done
    for file in /etc/apt/apt.conf.d/*; do
        if grep -q '^Acquire' "$file"; then cp "$file" "$dir/etc/apt/apt.conf.d/"; fi
    done
    certificates=${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}
    if [ -f "$certificates" ]; then mkdir -p "$dir/etc/ssl" && cp -L "$certificates" "$dir/etc/ssl/proof.crt"; fi
    lend_pip
}

# pip's settings, and the directories on this machine that they point to.
lend_pip() {
    local lent
    if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$dir/etc/"; fi
    for lent in $({ cat /etc/pip.conf ~/.config/pip/pip.conf 2>/dev/null; env | grep '^PIP_'; } |
        grep -oE '(file://|[= ])/[^ ]+' | sed -E 's|^(file://)?[= ]?||' | sort -u); do
        lent=${lent%/simple}  # an index keeps its files beside this directory
        if [ -d "$lent" ]; then attach --bind "$lent" "$dir$lent"; fi
    done
}

# attach MOUNT-ARGUMENTS... TARGET: mount for the length of the proof.
attach() {
    local target=${*: -1}
    mkdir -p "$target"
    mount "$@"
    mounts=("$target" "${mounts[@]}")
}

detach_all() {
    local target
    for target in "${mounts[@]}"; do umount "$target" || umount -l "$target"; done
}

copy_tree() {
    local user=$1 target
    target="$dir$(tree_of "$user")"
    mkdir -p "$target"
    tar -C "$tree" --exclude-vcs --exclude=./.venv --exclude=__pycache__ --exclude=node_modules --exclude=./.*_cache \
        --exclude=./build --exclude=./dist -cf - . | tar -C "$target" -xf -
    if [ -f ~/.config/pip/pip.conf ]; then
        install -D -m 644 ~/.config/pip/pip.conf "$dir$(home_of "$user")/.config/pip/pip.conf"
    fi
    chroot "$dir" chown -R "$user" "$(home_of "$user")"
}

trap detach_all EXIT
make_system
rm -rf "$dir"/var/lib/apt/lists/*  # debootstrap leaves lists that a fresh image lacks
attach -t proc proc "$dir/proc"
attach -t tmpfs tmpfs "$dir/dev/shm"
lend_network
grep -q '^visitor:' "$dir/etc/passwd" || chroot "$dir" useradd --create-home visitor
copy_tree root
copy_tree visitor
read -r -a test_arguments <<<"${PROOF_TEST_ARGS:-tests/installer}"
read -r -a run_arguments <<<"${PROOF_RUN_ARGS:-}"
run_s=${PROOF_RUN_S:-20}
dev=(python3 installer/dev.py)
window='
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("Roams")
label.show()
app.processEvents()
print("window on", app.platformName(), label.grab().size().toTuple(), label.font().family())
'

# The seconds count from when dev.py has become the program: setting up takes its own time.
stays_up='
    python3 installer/dev.py run "$@" & program=$!
    until tr "\0" " " </proc/$program/cmdline | grep -q " -m hmi "; do
        kill -0 $program 2>/dev/null || { wait $program; exit; }
        sleep 0.1
    done
    sleep "$0"
    kill -TERM $program 2>/dev/null || { wait $program; echo "It ended by itself with $?."; exit 1; }
    wait $program || echo "It ended on SIGTERM with $?."
'

if [[ $steps == *" 1 "* ]]; then
    expect 1 "plain user, bare system: run" in_tree visitor "${dev[@]}" run
    expect 1 "plain user, bare system: test" in_tree visitor "${dev[@]}" test "${test_arguments[@]}"
fi
if [[ $steps == *" 2 "* ]]; then
    extra=(CI=true)
    expect 0 "root: test, first call" in_tree root "${dev[@]}" test "${test_arguments[@]}"
    expect 0 "root: test, second call" in_tree root "${dev[@]}" test "${test_arguments[@]}"
    extra=()
fi
if [[ $steps == *" 3 "* ]]; then
    if [ "$run_s" -gt 0 ]; then
        expect 0 "root: run, then up for $run_s s" in_tree root sh -c "$stays_up" "$run_s" "${run_arguments[@]}"
    else
        expect 0 "root: run" in_tree root "${dev[@]}" run "${run_arguments[@]}"
    fi
fi
if [[ $steps == *" 4 "* ]]; then
    expect 0 "Qt in memory" in_tree root env QT_QPA_PLATFORM=offscreen .venv/bin/python -c "$window"
    expect 0 "Qt on a virtual X screen" in_tree root sh -c '
        exec 3>number
        Xvfb -displayfd 3 -nolisten tcp -screen 0 800x600x24 & server=$!
        until [ -s number ]; do sleep 0.1; done
        code=0
        DISPLAY=:$(cat number) QT_QPA_PLATFORM=xcb .venv/bin/python -c "$0" || code=$?
        kill $server
        rm number
        exit $code' "$window"
fi
if [[ $steps == *" 5 "* ]]; then
    expect 0 "plain user, libraries there: test" in_tree visitor "${dev[@]}" test "${test_arguments[@]}"
fi
printf '\n%d of the steps did not end as wanted.\n' "$failures"
exit $((failures > 0))
