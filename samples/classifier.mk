# Trains a fastText model that weir filters --classifier reads, from lines "label TAB text":
#
#     make -f samples/classifier.mk LABELLED=samples/labelled.tsv MODEL=model.bin
#     weir filters --classifier model.bin --label spam --max 0.5 \
#         --classifier-words chars --classifier-lower docs.jsonl
#
# Words and case here are those two options': spaces around every character of three or four bytes in
# UTF-8, ASCII letters small.  One thread and fastText's fixed seed: the same model every time.
LABELLED ?= samples/labelled.tsv
MODEL    ?= model.bin
TRAIN    ?= -dim 16 -wordNgrams 2 -bucket 20000 -lr 0.5 -epoch 25 -thread 1
FASTTEXT ?= fasttext

$(MODEL): $(LABELLED)
	@mkdir -p $(@D)
	LC_ALL=C sed -E 's/\t/ /; s/[\xE0-\xEF][\x80-\xBF]{2}|[\xF0-\xF4][\x80-\xBF]{3}/ & /g; s/^/__label__/' $< \
	    | LC_ALL=C tr A-Z a-z >$@.txt
	$(FASTTEXT) supervised -input $@.txt -output $(basename $@) $(TRAIN)
	rm -f $@.txt $(basename $@).vec
