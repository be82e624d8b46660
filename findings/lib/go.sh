# Sourced after debian.sh: a Go program over modules, in a temporary folder.

# run_go MODULE@VERSION... : runs the program on standard input.
run_go() {
    mkdir -p "$work/go"
    cat >"$work/go/main.go"
    (
        cd "$work/go"
        [ -e go.mod ] || go mod init example.com/try 2>/dev/null
        go get "$@" 2>/dev/null
        go run .
    )
}
