#!/bin/sh
# Switch MS MARCO's training triples (query, positive, negative; no header): queries into German, passages into Russian
# or Italian. Stopped, it goes on where it was when it is started again.
set -eu
lexswitch apply "${1:-triples.train.small.tsv}" -o "${2:-triples.switched.tsv}" --resume --workers "$(getconf _NPROCESSORS_ONLN)" \
  --columns 1=de 2=ru,it 3=ru,it
