/* Project Gutenberg's headers and footers, new and old. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ingest/gutenberg.h"

static struct gutenberg_book book;

static void gives(const char *file, const char *text, int header, int footer)
{
    gutenberg_split(weir_span(file, strlen(file)), &book);
    if (!weir_span_is(book.text, text))
        printf("%s\n gives \"%.*s\"\n", file, (int)book.text.n, book.text.p);
    assert(weir_span_is(book.text, text));
    assert(book.header == header && book.footer == footer);
}

int main(void)
{
    gives("The Project Gutenberg eBook of Emma\r\n\r\nTitle: Emma\r\n\r\n"
          "Release date: August 1, 1994 [eBook #158]\r\nLanguage: English\r\n\r\n"
          "*** START OF THE PROJECT GUTENBERG EBOOK EMMA ***\r\n\r\n"
          "Produced by An Anonymous Volunteer,\r\nand David Widger\r\n\r\n\r\n"
          "EMMA\r\n\r\nBy Jane Austen\r\n\r\n"
          "*** END OF THE PROJECT GUTENBERG EBOOK EMMA ***\r\n\r\nUpdated editions will\r\n",
          "EMMA\r\n\r\nBy Jane Austen", 1, 1);
    assert(weir_span_is(book.title, "Emma"));
    assert(weir_span_is(book.language, "English"));
    assert(weir_span_is(book.number, "158"));

    gives("***START OF THE PROJECT GUTENBERG EBOOK X***\nE-text prepared by A and B\n\nText.\n\n"
          "***END OF THE PROJECT GUTENBERG EBOOK X***\n*** START: FULL LICENSE ***\nmore\n",
          "Text.", 1, 1);
    gives("*** START OF THIS PROJECT GUTENBERG EBOOK Y ***\n\nText.\n"
          "End of Project Gutenberg's Y, by Z\n\n*** END OF THIS PROJECT GUTENBERG EBOOK Y ***\n",
          "Text.", 1, 1);
    /* 1990s: the small print in front, no line behind but the last */
    gives("**Welcome To The World of Free Plain Vanilla Electronic Texts**\n"
          "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nWhy is this here?\n"
          "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\nCHAPTER I\n\n"
          "It was.\n\nEnd of The Project Gutenberg Etext of Something\n",
          "CHAPTER I\n\nIt was.", 1, 1);
    gives("*END THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.03.08.01*END*\n一\n", "一", 1, 0);
    assert(!book.cut_off); // not all of the old files have a last line

    /* what is no header or footer stays */
    gives("\n\n  An ordinary book.\nThe end of the affair.\n",
          "An ordinary book.\nThe end of the affair.", 0, 0);
    gives("", "", 0, 0);
    gives(
        "*** START OF THE PROJECT GUTENBERG EBOOK Z ***\nProduced by hand, the bread\na\nb\nc\nd\n"
        "e\nf\ng\nh\ni\nj\nk\nl\nm\n",
        "Produced by hand, the bread\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm", 1, 0);
    assert(book.cut_off);

    static const char latin[] = "Character set encoding: ISO-8859-1\n";
    assert(gutenberg_is_latin1(weir_span(latin, sizeof latin - 1)));
    assert(!gutenberg_is_latin1(weir_span(latin, 10)));
    return 0;
}
