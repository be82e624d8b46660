# Completion of edgeplan for fish 3 and later: edgeplan completion fish | source
function __edgeplan_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l lines (command edgeplan completion fish -- $words[2..-1] "$last" 2>/dev/null)
    if set -q lines[2]
        printf '%s\n' $lines[2..-1]
    end
    switch "$lines[1]"
        case none ''
        case folders
            __fish_complete_directories "$last" ''
        case '*'
            __fish_complete_suffix $lines[1]
    end
end
complete -c edgeplan -f -a '(__edgeplan_complete)'
