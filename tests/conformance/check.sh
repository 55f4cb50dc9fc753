#!/bin/sh
# Run a verifier over every member of the suite and compare its exit codes with expected.tsv.
#
#     sh check.sh casebound-verify
#     sh check.sh python3 my-verifier.py
#
# Needs tar with xz. 0 verified, 1 not verified, 2 could not be checked, 3 verified with limits.
here=$(cd "$(dirname "$0")" && pwd) && work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT || exit 2
tar -xJf "$here/members.tar.xz" -C "$work" || exit 2
tab=$(printf '\t') count=0 wrong=0
while IFS=$tab read -r name class code file arguments; do
    arguments=$(printf %s "$arguments" | sed "s# trust/# $work/trust/#g")
    # shellcheck disable=SC2086
    "$@" "$work/$file" $arguments >/dev/null 2>&1 </dev/null
    got=$? count=$((count + 1))
    [ "$got" = "$code" ] || { wrong=$((wrong + 1)); echo "$name ($class): $got instead of $code"; }
done <"$here/expected.tsv"
echo "$count members, $wrong with another answer"
[ "$wrong" = 0 ]
