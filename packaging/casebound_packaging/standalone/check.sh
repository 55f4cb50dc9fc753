#!/bin/sh
# Checks one exhibit that was given alone: that it stands, as it is here, in a custody record whose state was signed
# with a key that you know. In the folder that holds the exhibit and nothing else:
#
#     sh check.sh FINGERPRINT
#
# FINGERPRINT is the SHA-256 of the signer's certificate. Have it from the signer by another way than this folder, and
# compare the SHA-256 of this script with the published one, or have it from another place too. It needs a POSIX shell
# and openssl, changes nothing and asks nobody. Only "PROVED", with exit code 0, is a good answer. It does not prove
# that what is recorded is true, that nothing else speaks against it, or when it was signed.
set -eu; export LC_ALL=C; umask 077
t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; trap 'exit 1' HUP INT TERM
no() { echo "NOT PROVED: $1" >&2; exit 1; }
sha() { openssl dgst -sha256 -binary; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
un64() { u=$1; while [ $((${#u} % 4)) != 0 ]; do u=$u=; done; echo "$u" | fold -w 64 | openssl base64 -d; }
number() { case $1 in '' | *[!0-9]* | 0?* | ????????????????*) no 'a number in the proof is none' ;; esac; }

# 1. The files are those of one exhibit, and no others.
p=$(echo EX-*.tlog-proof) o=$(echo original.*); [ "$o" != 'original.*' ] || o=
want=$(printf '%s\n' "$p" check.sh disclosures.txt entry.json signer.pem ${o:+"$o"} | sort)
[ "$(ls -A | sort)" = "$want" ] || no "the files here are not those of one exhibit: $(ls -A | tr -c ' -~' ' ')"
[ "$(wc -c < "$p")" -lt 16384 ] || no "$p is too long for a proof"; set -f

# 2. The certificate is the one whose fingerprint was given from outside.
openssl x509 -in signer.pem 2> /dev/null | cmp -s - signer.pem || no 'signer.pem is not exactly one certificate'
print=$(openssl x509 -in signer.pem -outform DER | sha | hex)
[ "$print" = "$(printf %s "${1:-}" | tr -d ': ' | tr A-F a-f)" ] || no "you gave another fingerprint than $print"

# 3. The proof is read, and is nothing but what was read: every line in its one form.
sed '1,/^$/d' "$p" > "$t/note"; sed '/^$/,$d' "$t/note" > "$t/state"
index=$(sed -n '2s/^index //p' "$p") hashes=$(sed '1,2d;/^$/,$d' "$p") signature=$(sed -n '5s/.* //p' "$t/note")
origin=$(sed -n 1p "$t/state") size=$(sed -n 2p "$t/state") root=$(sed -n 3p "$t/state")
number "$index"; number "$size"; [ "$index" -lt "$size" ] || no 'the proof is of no entry'
{ printf 'c2sp.org/tlog-proof@v1\nindex %s\n' "$index"; [ -z "$hashes" ] || printf '%s\n' "$hashes"
  printf '\n%s\n%s\n%s\n\n— %s %s\n' "$origin" "$size" "$root" "$origin" "$signature"; } > "$t/again"
cmp -s "$t/again" "$p" || no "$p is not of the form of a proof"
for text in $hashes "$root" "$signature"; do
  [ "$(un64 "$text" | openssl base64 -A)" = "$text" ] || no "$p holds a line that is not base64"
done

# 4. The checkpoint in it (origin, size, root) is signed by the certificate's key.
openssl x509 -in signer.pem -noout -pubkey > "$t/key"
id=$(openssl pkey -pubin -in "$t/key" -outform DER | sha | hex | cut -c1-8)
un64 "$signature" > "$t/signed"; [ "$(hex < "$t/signed" | cut -c1-8)" = "$id" ] || no 'the checkpoint names another key'
tail -c +5 "$t/signed" > "$t/signature"
openssl dgst -sha256 -verify "$t/key" -signature "$t/signature" "$t/state" > "$t/told" 2>&1 ||
  no 'the checkpoint is not signed by this key'

# 5. The entry is one of the record: its hash and those of the proof, level by level, give the root (RFC 6962).
{ printf '\0'; cat entry.json; } | sha > "$t/node"; i=$index n=$size
for text in $hashes; do
  while [ $((i % 2)) = 0 ] && [ "$i" -gt 0 ] && [ "$i" = $((n - 1)) ]; do i=$((i / 2)) n=$(((n + 1) / 2)); done
  [ "$n" -gt 1 ] || no 'the proof has more hashes than the record is high'
  un64 "$text" > "$t/other"; left=node right=other; [ $((i % 2)) = 0 ] || left=other right=node
  { printf '\1'; cat "$t/$left" "$t/$right"; } | sha > "$t/above"
  mv "$t/above" "$t/node"; i=$((i / 2)) n=$(((n + 1) / 2))
done
[ "$n" = 1 ] && un64 "$root" | cmp -s - "$t/node" || no 'the entry is not one of the record that was signed'

# 6. The entry commits to every text given. An event's fields are committed to by its record, which comes first.
tr -cd 'A-Za-z0-9_\n-' < disclosures.txt | cmp -s - disclosures.txt || no 'disclosures.txt holds something else'
[ -z "$(tail -c 1 disclosures.txt)$(sort disclosures.txt | uniq -d)" ] || no 'a text is cut off, or given twice'
known=$(sed -n 's/^{"_sd":\[\([^]]*\)\].*/\1/p' entry.json) hash=$(cat $o < /dev/null | sha | hex) record=
tied=$(grep -Ec '"(in|out)puts":\[[^]]*"'"$hash\"" entry.json || :)
while read -r text; do
  digest=$(printf %s "$text" | sha | openssl base64 -A | tr +/ -_ | tr -d =)
  case ,$known, in *",\"$digest\","*) ;; *) no "the entry does not commit to the text $text" ;; esac
  said=$(un64 "$(printf %s "$text" | tr -- -_ +/)"); said=${said#'["'??????????????????????'",'}
  case $said in '"record",{'*) record=1 ;; "\"sha256\",\"$hash\"]") tied=1 ;; esac
  case $said in '"record",{"_sd":['*) known=$known,$(printf '%s\n' "$said" | sed 's/[^[]*\[\([^]]*\)\].*/\1/') ;; esac
  printf '%s\n' "${said%]}" | sed 's/"_sd":\[[^]]*\],//' | tr -c ' -~\n' '?'
done < disclosures.txt

# 7. The entry is about this file or this event, and of this place in the record.
case $o$(cat entry.json) in
  original.*'"action":"attached"'*) [ "$tied" -gt 0 ] || no "$o is not the file that the entry attached" ;;
  '{'*'"item":{"id":"'"${p%.tlog-proof}"'","type":"exhibit"}'*) [ "$record" ] || no "the event's record is not given" ;;
  *) no 'the entry is neither of this file nor of this exhibit' ;;
esac
case $(cat entry.json) in *"\"seq\":$index,\"time\":"*) ;; *) no 'the entry is of another place in the record' ;; esac
echo "PROVED: entry $index of $size in $origin, signed by this key, commits to each text above${o:+ and attached $o}"
