# Sourced after debian.sh. Each function serves the zone example.com from a copy of a file, on one port of 127.0.0.1.

# serve_named FILE PORT [STATEMENT]: with more statements for the zone. Without a FILE it takes what it left in $work/named.
serve_named() {
    mkdir -p "$work/named"
    [ -z "$1" ] || cp "$1" "$work/named/zone"
    cat >"$work/named/named.conf" <<C
options { directory "$work/named"; pid-file none; session-keyfile none; listen-on port $2 { 127.0.0.1; }; listen-on-v6 { none; };
          recursion no; dnssec-validation no; };
key control { algorithm hmac-sha256; secret "YWJjZGVmZ2hpamtsbW5vcA=="; };
controls { inet 127.0.0.1 port $(($2 + 100)) allow { 127.0.0.1; } keys { control; }; };
zone "example.com" { type primary; file "zone"; ${3:-} };
C
    cat >"$work/named/rndc.conf" <<C
key control { algorithm hmac-sha256; secret "YWJjZGVmZ2hpamtsbW5vcA=="; };
options { default-key control; default-server 127.0.0.1; default-port $(($2 + 100)); };
C
    background named -g -c "$work/named/named.conf"
    wait_for rndc -c "$work/named/rndc.conf" status
}

serve_knot() {
    mkdir -p "$work/knot"
    cp "$1" "$work/knot/zone"
    cat >"$work/knot/knot.conf" <<C
server:
    rundir: $work/knot
    listen: 127.0.0.1@$2
database:
    storage: $work/knot
acl:
  - id: local
    address: 127.0.0.1
    action: update
zone:
  - domain: example.com
    storage: $work/knot
    file: zone
    acl: local
C
    background knotd -c "$work/knot/knot.conf"
    wait_for eval "dig +norec @127.0.0.1 -p $2 example.com SOA | grep -q 'status: NOERROR'"
}

serve_nsd() {
    mkdir -p "$work/nsd"
    cp "$1" "$work/nsd/zone"
    cat >"$work/nsd/nsd.conf" <<C
server:
    ip-address: 127.0.0.1@$2
    username: ""
    zonesdir: "$work/nsd"
    pidfile: ""
    xfrdir: "$work/nsd"
    xfrdfile: ""
    zonelistfile: "$work/nsd/zones.list"
    database: ""
remote-control:
    control-enable: no
zone:
    name: example.com
    zonefile: zone
C
    background nsd -d -c "$work/nsd/nsd.conf"
    wait_for eval "dig +norec @127.0.0.1 -p $2 example.com SOA | grep -q 'status: NOERROR'"
}

serve_powerdns() {
    mkdir -p "$work/pdns"
    cp "$1" "$work/pdns/zone"
    echo "zone \"example.com\" { type master; file \"$work/pdns/zone\"; };" >"$work/pdns/named.conf"
    background pdns_server --config-dir="$work/pdns" --socket-dir="$work/pdns" --daemon=no --guardian=no --setuid= --setgid= --security-poll-suffix= \
        --module-dir="$(find "$work/root" -name libbindbackend.so -printf '%h')" --launch=bind --bind-config="$work/pdns/named.conf" \
        --local-address=127.0.0.1 --local-port="$2"
    wait_for eval "dig +norec @127.0.0.1 -p $2 example.com SOA | grep -q 'status: NOERROR'"
}

# ttls PORT NAME: the TTLs of its A records, in the order of the addresses; serial PORT: that of the SOA record.
ttls() { dig +noall +answer +norec @127.0.0.1 -p "$1" "$2" A | sort -k5 | awk '{print $2}' | paste -sd' '; }
serial() { dig +short +norec @127.0.0.1 -p "$1" example.com SOA | awk '{print $3}'; }
