#!/bin/sh
# Switch the training triples of MS MARCO (query, positive, negative; no header): queries into German, passages into
# Russian or Italian. If it is stopped, run it again: it resumes.
set -eu
lexswitch apply "${1:-triples.train.small.tsv}" -o "${2:-triples.switched.tsv}" --resume --workers "$(getconf _NPROCESSORS_ONLN)" \
  --columns 1=de 2=ru,it 3=ru,it
