# Stops and deletes a throw-away cluster some seconds after its last user is gone.
#
# $1 the shared directory, $2 the cluster's directory in it, $3 seconds of grace
#
# Every user holds the pipe open for writing as long as it lives, and writes a byte when it comes. The
# system closes the pipe of whoever dies, however it dies, so reading to the end waits for the last one.
trap '' HUP INT TERM
shared=$1 cluster=$2 grace=$3
exec 3<"$cluster/users"

while :; do
    cat <&3 >/dev/null
    sleep "$grace"
    # Nobody came meanwhile? (Waits for whoever did.)
    [ "$(cat <&3 | wc -c)" -eq 0 ] && break
done

# From here on nobody finds the cluster; wait for whoever found it in the last moment.
[ "$(cat "$shared/current" 2>/dev/null)" = "$cluster" ] && rm -f "$shared/current"
cat <&3 >/dev/null

server=$(head -n 1 "$cluster/data/postmaster.pid" 2>/dev/null)
for signal in INT QUIT KILL; do
    [ -n "$server" ] && kill -s "$signal" "$server" 2>/dev/null || break
    tries=0
    while kill -s 0 "$server" 2>/dev/null && [ "$tries" -lt 50 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
done
rm -rf "$cluster"
[ -e "$shared/current" ] || rm -f "$shared/lock"
rmdir "$shared" 2>/dev/null
exit 0
