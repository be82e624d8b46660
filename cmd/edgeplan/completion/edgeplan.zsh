#compdef edgeplan
# Completion of edgeplan for zsh: source <(edgeplan completion zsh), below compinit
_edgeplan() {
    local kind line
    local -a lines offers
    lines=("${(@f)$(command edgeplan completion zsh -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    kind=$lines[1]
    for line in "${(@)lines[2,-1]}"; do
        offers+=("${line/$'\t'/:}")
    done
    (( $#offers )) && _describe edgeplan offers
    case $kind in
        none | '') ;;
        folders) _files -/ ;;
        *) _files -g "*$kind" ;;
    esac
}
if [[ $funcstack[1] == _edgeplan ]]; then
    _edgeplan "$@"
else
    compdef _edgeplan edgeplan
fi
