# Completion of edgeplan for bash 3.2 and later: eval "$(edgeplan completion bash)"
_edgeplan() {
    local kind='' word about
    COMPREPLY=()
    while IFS=$'\t' read -r word about; do
        if [ -z "$kind" ]; then kind=$word; else COMPREPLY+=("$word"); fi
    done < <(command edgeplan completion bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    case $kind in
        none | '') ;;
        folders) compopt -o dirnames 2>/dev/null ;;
        *) compopt -o default 2>/dev/null ;;
    esac
}
if type compopt >/dev/null 2>&1; then
    complete -F _edgeplan edgeplan
else
    complete -o default -F _edgeplan edgeplan
fi
