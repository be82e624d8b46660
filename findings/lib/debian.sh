# Sourced by the scripts beside it. Unpacks Debian 12 packages into a temporary folder; nothing is installed.

work=$(mktemp -d)
started=()
# stop: ends the servers that were started.
stop() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    started=()
}
trap 'stop; rm -rf "$work"' EXIT

# debs NAME=VERSION...: those packages and what they depend on, unpacked into $work/root, whose programs are then on PATH.
debs() {
    mkdir -p "$work/debs" "$work/root"
    local wanted names
    wanted=$(printf '%s\n' "$@")
    # shellcheck disable=SC2046 # one word a package
    names=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
        $(printf '%s\n' "${@%%=*}") | grep '^[a-z0-9]' | sort -u | grep -vxE "libc6|libc-bin|libcrypt1|$(printf '%s\n' "${@%%=*}" | paste -sd'|')")
    (
        cd "$work/debs"
        # shellcheck disable=SC2086
        apt-get download -qq -o APT::Sandbox::User=root $wanted >/dev/null
        # Virtual packages have no file to download.
        # shellcheck disable=SC2046,SC2086
        apt-get download -qq -o APT::Sandbox::User=root $(apt-cache madison $names | awk '{print $1}' | sort -u) >/dev/null
    )
    for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/root"; done
    export PATH="$work/root/usr/sbin:$work/root/usr/bin:$PATH"
    export LD_LIBRARY_PATH="$work/root/usr/lib/$(uname -m)-linux-gnu:$work/root/usr/lib:$work/root/lib/$(uname -m)-linux-gnu"
}

# background COMMAND...: runs a server until the script ends; its words go to $work/log.
background() { "$@" >>"$work/log" 2>&1 & started+=($!); }

# wait_for COMMAND...: waits up to 20 s until a command succeeds.
wait_for() {
    for _ in $(seq 100); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
    echo "not seen within 20 s: $*"; tail -20 "$work/log"; exit 1
}

failed=0
# expect WHAT WANTED GOT: prints a line; a difference makes the script fail at its end.
expect() {
    if [ "$2" = "$3" ]; then echo "seen: $1: $3"; else echo "CHANGED: $1: wanted '$2', got '$3'"; failed=1; fi
}
