# Sets $python to a Python of 3.11 or newer, or ends with one sentence. Sourced by the commands beside it.
# $PYTHON, where given, is the only candidate.

python=""
older=""
for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
    version=$("$candidate" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))'; then
        python=$candidate
        break
    fi
    older=${older:-$version ($candidate)}
done

if [ -z "$python" ]; then
    reason="no Python was found here"
    [ -z "${PYTHON:-}" ] || reason="$PYTHON does not run here"
    [ -z "$older" ] || reason="here is only $older"
    echo "The desk needs Python 3.11 or newer, but $reason: install Python 3.11, or name one with PYTHON=/path/to/python3.11." >&2
    exit 1
fi
