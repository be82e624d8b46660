# Sourced after debian.sh: npm packages in a temporary folder.

# npms NAME@VERSION...: unpacked into $work/npm, where run_node runs a module from standard input.
npms() {
    mkdir -p "$work/npm"
    echo '{"private": true}' >"$work/npm/package.json"
    npm install --prefix "$work/npm" --silent --no-audit --no-fund --ignore-scripts "$@" >/dev/null
}
run_node() { cat >"$work/npm/run.mjs"; node "$work/npm/run.mjs" "$@"; }
