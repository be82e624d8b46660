# Sourced by the scripts beside it: the packages of Debian 12 that they run, and the versions that were measured.
bind='bind9=1:9.18.49-1~deb12u3 bind9-utils=1:9.18.49-1~deb12u3 bind9-dnsutils=1:9.18.49-1~deb12u3'
knot='knot=3.2.6-1 knot-dnssecutils=3.2.6-1'
nsd='nsd=4.6.1-1'
powerdns='pdns-server=4.7.3-2 pdns-backend-bind=4.7.3-2 pdns-tools=4.7.3-2'
ldns='ldnsutils=1.8.3-1+b1'
