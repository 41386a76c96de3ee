/* What spaCy 3.8 knows of English and of characters (spacy/lang/en, spacy/lang/char_classes.py and
 * tokenizer_exceptions.py, MIT), as tables: words that are cut in a way of their own, "|" at the
 * cuts, with ' also as ’; characters that make words, and icons. */
#include "filters/filter_words_en.h"

/* Also with a capital. */
const char filter_en_specials_both[] =
    "ai|n't ai|nt are|n't are|nt c'm|on ca|n't ca|n't|'ve can|not ca|nt ca|nt|ve co. "
    "could|'ve could|n't could|n't|'ve could|nt could|nt|ve could|ve dare|n't dare|nt "
    "did|n't did|n't|'ve did|nt did|nt|ve does|n't does|n't|'ve does|nt does|nt|ve doin "
    "doin' do|n't do|n't|'ve do|nt do|nt|ve e.g. goin goin' gon|na got|ta had|n't "
    "had|n't|'ve had|nt had|nt|ve has|n't has|nt have|n't have|nt havin havin' he|'d "
    "he|'d|'ve he|'ll he|'ll|'ve he|'s he|d he|d|ve he|ll|ve he|s how|'d how|'d|'ve "
    "how|'d|'y how|'ll how|'ll|'ve how|'re how|'s how|'ve how|d how|d|ve how|ll how|ll|ve "
    "how|re how|s how|ve i|'d i|'d|'ve i|'ll i|'ll|'ve i|'m i|'m|a i|'ve i.e. i|d i|d|ve "
    "i|ll|ve i|m i|m|a is|n't is|nt it|'d it|'d|'ve it|'ll it|'ll|'ve it|'s it|d it|d|ve "
    "it|ll it|ll|ve i|ve let|'s lovin lovin' ma'am may|n't may|n't|'ve may|nt may|nt|ve "
    "might|'ve might|n't might|n't|'ve might|nt might|nt|ve might|ve must|'ve must|n't "
    "must|n't|'ve must|nt must|nt|ve must|ve need|n't need|n't|'ve need|nt need|nt|ve "
    "not|'ve nothin nothin' not|ve nuthin nuthin' o'clock o.o o_o ol ol' ought|n't "
    "ought|n't|'ve ought|nt ought|nt|ve sha|n't sha|n't|'ve sha|nt sha|nt|ve she|'d "
    "she|'d|'ve she|'ll she|'ll|'ve she|'s she|d|ve she|ll|ve she|s should|'ve should|n't "
    "should|n't|'ve should|nt should|nt|ve should|ve somethin somethin' that|'d that|'d|'ve "
    "that|'ll that|'ll|'ve that|'s that|d that|d|ve that|ll that|ll|ve that|s there|'d "
    "there|'d|'ve there|'ll there|'ll|'ve there|'re there|'s there|'ve there|d there|d|ve "
    "there|ll there|ll|ve there|re there|s there|ve these|'d these|'d|'ve these|'ll "
    "these|'ll|'ve these|'re these|'ve these|d these|d|ve these|ll these|ll|ve these|re "
    "these|ve they|'d they|'d|'ve they|'ll they|'ll|'ve they|'re they|'ve they|d they|d|ve "
    "they|ll they|ll|ve they|re they|ve this|'d this|'d|'ve this|'ll this|'ll|'ve this|'s "
    "this|d this|d|ve this|ll this|ll|ve this|s those|'d those|'d|'ve those|'ll "
    "those|'ll|'ve those|'re those|'ve those|d those|d|ve those|ll those|ll|ve those|re "
    "those|ve was|n't was|nt we|'d we|'d|'ve we|'ll we|'ll|'ve we|'re we|'ve we|d we|d|ve "
    "we|ll|ve were|n't were|nt we|ve what|'d what|'d|'ve what|'ll what|'ll|'ve what|'re "
    "what|'s what|'ve what|d what|d|ve what|ll what|ll|ve what|re what|s what|ve when|'d "
    "when|'d|'ve when|'ll when|'ll|'ve when|'re when|'s when|'ve when|d when|d|ve when|ll "
    "when|ll|ve when|re when|s when|ve where|'d where|'d|'ve where|'ll where|'ll|'ve "
    "where|'re where|'s where|'ve where|d where|d|ve where|ll where|ll|ve where|re where|s "
    "where|ve who|'d who|'d|'ve who|'ll who|'ll|'ve who|'re who|'s who|'ve who|d who|d|ve "
    "who|ll who|ll|ve who|s who|ve why|'d why|'d|'ve why|'ll why|'ll|'ve why|'re why|'s "
    "why|'ve why|d why|d|ve why|ll why|ll|ve why|re why|s why|ve wo|n't wo|n't|'ve wo|nt "
    "wo|nt|ve would|'ve would|n't would|n't|'ve would|nt would|nt|ve would|ve you|'d "
    "you|'d|'ve you|'ll you|'ll|'ve you|'re you|'ve you|d you|d|ve you|ll you|ll|ve you|re "
    "you|ve o.O o_O xD xDD";

const char filter_en_specials[] =
    "' '' 'bout 'cause 'cos 'coz 'cuz 'd 'em 'll 'nuff 're 's (*_*) (-8 (-: (-; (-_-) (._.) "
    "(: (; (= (>_<) (^_^) (o: (¬_¬) (ಠ_ಠ) (╯°□°）╯︵┻━┻ )-: ): -_- -__- ._. 0.0 0.o 0_0 0_o "
    "10|a.m. 10|am 10|p.m. 10|pm 11|a.m. 11|am 11|p.m. 11|pm 12|a.m. 12|am 12|p.m. 12|pm "
    "1|a.m. 1|am 1|p.m. 1|pm 2|a.m. 2|am 2|p.m. 2|pm 3|a.m. 3|am 3|p.m. 3|pm 4|a.m. 4|am "
    "4|p.m. 4|pm 5|a.m. 5|am 5|p.m. 5|pm 6|a.m. 6|am 6|p.m. 6|pm 7|a.m. 7|am 7|p.m. 7|pm 8) "
    "8-) 8|a.m. 8|am 8|p.m. 8|pm 9|a.m. 9|am 9|p.m. 9|pm :'( :') :'-( :'-) :( :(( :((( :() "
    ":) :)) :))) :* :-( :-(( :-((( :-) :-)) :-))) :-* :-/ :-0 :-3 :-> :-] :-o :-p :-x :-} :/ "
    ":0 :1 :3 :> :] :o :o) :p :x :} ;) ;-) ;_; <.< </3 <3 <33 <333 <space> =( =) =/ =3 =[ =] "
    ">.< >.> >:( >:o ><(((*> @_@ [-: [: [= \\\") \\n \\t ]= ^_^ ^__^ ^___^ a. a.m. and/or b. "
    "c. d. e. em f. g. h. i. j. k. l. ll m. n. nuff o. o.0 o_0 p. p.m. q. r. s. t. u. v. "
    "v.s. v.v v_v vs. w. w/o x. y'|all y. y|all z. ¯\\(ツ)/¯ °|c|. °|f|. °|k|. ä. ö. ü. ಠ_ಠ "
    "ಠ︵ಠ — ‘s 'Cause 'Cos 'Coz 'Cuz 'S 8-D 8D :-D :-O :-P :-X :D :O :P :X ;-D ;D =D Adm. "
    "Ak. Ala. Apr. Ariz. Ark. Aug. Bros. C++ Calif. Colo. Conn. Corp. D.C. Dec. Del. Dr. "
    "E.G. Feb. Fla. Ga. Gen. Gov. I.E. Ia. Id. Ill. Inc. Ind. Jan. Jr. Jul. Jun. Kan. Kans. "
    "Ky. La. Ltd. Mar. Mass. Md. Messrs. Mich. Minn. Miss. Mo. Mont. Mr. Mrs. Ms. Mt. N.C. "
    "N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. O.O O_O Oct. Okla. Ore. Pa. Ph.D. Prof. "
    "Rep. Rev. S.C. Sen. Sep. Sept. St. Tenn. V.V V_V Va. Wash. Wis. XD XDD °|C|. °|F|. "
    "°|K|. ‘S";

/* Words that hold a bar themselves. */
const char filter_en_specials_whole[] = ":-| :| =|";

/* Letters that have case, and some of them that are neither: which is which, Unicode says. */
const struct filter_range filter_en_cased[] = {{0x41, 0x5A},
                                               {0x61, 0x7A},
                                               {0xC0, 0xD6},
                                               {0xD8, 0xF6},
                                               {0xF8, 0x1BF},
                                               {0x1C4, 0x2AF},
                                               {0x386, 0x386},
                                               {0x388, 0x38A},
                                               {0x38C, 0x38C},
                                               {0x38E, 0x38F},
                                               {0x391, 0x3A9},
                                               {0x3AC, 0x3AF},
                                               {0x3B1, 0x3C9},
                                               {0x3CC, 0x3CE},
                                               {0x400, 0x401},
                                               {0x403, 0x40A},
                                               {0x40C, 0x40D},
                                               {0x410, 0x451},
                                               {0x453, 0x45A},
                                               {0x45C, 0x45D},
                                               {0x490, 0x491},
                                               {0x496, 0x497},
                                               {0x4A2, 0x4A3},
                                               {0x4AE, 0x4AF},
                                               {0x4BA, 0x4BB},
                                               {0x4D8, 0x4D9},
                                               {0x4E8, 0x4E9},
                                               {0x1D00, 0x1D25},
                                               {0x1D6B, 0x1D77},
                                               {0x1D79, 0x1D9A},
                                               {0x1E00, 0x1EFF},
                                               {0x2C60, 0x2C7B},
                                               {0x2C7E, 0x2C7F},
                                               {0xA722, 0xA76F},
                                               {0xA771, 0xA787},
                                               {0xA78B, 0xA78E},
                                               {0xA790, 0xA7B9},
                                               {0xA7FA, 0xA7FA},
                                               {0xAB30, 0xAB5A},
                                               {0xAB60, 0xAB64},
                                               {0xFF21, 0xFF3A},
                                               {0xFF41, 0xFF5A},
                                               {0}};

const struct filter_range filter_en_uncased[] = {{0x591, 0x5F4},
                                                 {0x620, 0x64A},
                                                 {0x66E, 0x6D5},
                                                 {0x6E5, 0x6FF},
                                                 {0x750, 0x77F},
                                                 {0x8A0, 0x8BD},
                                                 {0x900, 0x9FF},
                                                 {0xB80, 0xCFF},
                                                 {0xD80, 0xDFF},
                                                 {0x1100, 0x137F},
                                                 {0x2E80, 0x2FDF},
                                                 {0x2FF0, 0x30FF},
                                                 {0x31C0, 0x31EF},
                                                 {0x3200, 0x4DBF},
                                                 {0x4E00, 0x9FFF},
                                                 {0xAC00, 0xD7AF},
                                                 {0xF900, 0xFAFF},
                                                 {0xFB1D, 0xFBB1},
                                                 {0xFBD3, 0xFD3D},
                                                 {0xFD50, 0xFDC7},
                                                 {0xFDF0, 0xFDFB},
                                                 {0xFE30, 0xFE4F},
                                                 {0xFE70, 0xFEFC},
                                                 {0x1EE00, 0x1EEBB},
                                                 {0x1F200, 0x1F2FF},
                                                 {0x20000, 0x2A6DF},
                                                 {0x2A700, 0x2EBEF},
                                                 {0x2F800, 0x2FA1F},
                                                 {0}};

const struct filter_range filter_en_icons[] = {{0xA6, 0xA6},
                                               {0xA9, 0xA9},
                                               {0xAE, 0xAE},
                                               {0xB0, 0xB0},
                                               {0x482, 0x482},
                                               {0x58D, 0x58E},
                                               {0x60E, 0x60F},
                                               {0x6DE, 0x6DE},
                                               {0x6E9, 0x6E9},
                                               {0x6FD, 0x6FE},
                                               {0x7F6, 0x7F6},
                                               {0x9FA, 0x9FA},
                                               {0xB70, 0xB70},
                                               {0xBF3, 0xBF8},
                                               {0xBFA, 0xBFA},
                                               {0xC7F, 0xC7F},
                                               {0xD4F, 0xD4F},
                                               {0xD79, 0xD79},
                                               {0xF01, 0xF03},
                                               {0xF13, 0xF13},
                                               {0xF15, 0xF17},
                                               {0xF1A, 0xF1F},
                                               {0xF34, 0xF34},
                                               {0xF36, 0xF36},
                                               {0xF38, 0xF38},
                                               {0xFBE, 0xFC5},
                                               {0xFC7, 0xFCC},
                                               {0xFCE, 0xFCF},
                                               {0xFD5, 0xFD8},
                                               {0x109E, 0x109F},
                                               {0x1390, 0x1399},
                                               {0x1940, 0x1940},
                                               {0x19DE, 0x19FF},
                                               {0x1B61, 0x1B6A},
                                               {0x1B74, 0x1B7C},
                                               {0x2100, 0x2101},
                                               {0x2103, 0x2106},
                                               {0x2108, 0x2109},
                                               {0x2114, 0x2114},
                                               {0x2116, 0x2117},
                                               {0x211E, 0x2123},
                                               {0x2125, 0x2125},
                                               {0x2127, 0x2127},
                                               {0x2129, 0x2129},
                                               {0x212E, 0x212E},
                                               {0x213A, 0x213B},
                                               {0x214A, 0x214A},
                                               {0x214C, 0x214D},
                                               {0x214F, 0x214F},
                                               {0x218A, 0x218B},
                                               {0x2195, 0x2199},
                                               {0x219C, 0x219F},
                                               {0x21A1, 0x21A2},
                                               {0x21A4, 0x21A5},
                                               {0x21A7, 0x21AD},
                                               {0x21AF, 0x21CD},
                                               {0x21D0, 0x21D1},
                                               {0x21D3, 0x21D3},
                                               {0x21D5, 0x21F3},
                                               {0x2300, 0x2307},
                                               {0x230C, 0x231F},
                                               {0x2322, 0x2328},
                                               {0x232B, 0x237B},
                                               {0x237D, 0x239A},
                                               {0x23B4, 0x23DB},
                                               {0x23E2, 0x2426},
                                               {0x2440, 0x244A},
                                               {0x249C, 0x24E9},
                                               {0x2500, 0x25B6},
                                               {0x25B8, 0x25C0},
                                               {0x25C2, 0x25F7},
                                               {0x2600, 0x266E},
                                               {0x2670, 0x2767},
                                               {0x2794, 0x27BF},
                                               {0x2800, 0x28FF},
                                               {0x2B00, 0x2B2F},
                                               {0x2B45, 0x2B46},
                                               {0x2B4D, 0x2B73},
                                               {0x2B76, 0x2B95},
                                               {0x2B98, 0x2BC8},
                                               {0x2BCA, 0x2BFE},
                                               {0x2CE5, 0x2CEA},
                                               {0x2E80, 0x2E99},
                                               {0x2E9B, 0x2EF3},
                                               {0x2F00, 0x2FD5},
                                               {0x2FF0, 0x2FFB},
                                               {0x3004, 0x3004},
                                               {0x3012, 0x3013},
                                               {0x3020, 0x3020},
                                               {0x3036, 0x3037},
                                               {0x303E, 0x303F},
                                               {0x3190, 0x3191},
                                               {0x3196, 0x319F},
                                               {0x31C0, 0x31E3},
                                               {0x3200, 0x321E},
                                               {0x322A, 0x3247},
                                               {0x3250, 0x3250},
                                               {0x3260, 0x327F},
                                               {0x328A, 0x32B0},
                                               {0x32C0, 0x32FE},
                                               {0x3300, 0x33FF},
                                               {0x4DC0, 0x4DFF},
                                               {0xA490, 0xA4C6},
                                               {0xA828, 0xA82B},
                                               {0xA836, 0xA837},
                                               {0xA839, 0xA839},
                                               {0xAA77, 0xAA79},
                                               {0xFDFD, 0xFDFD},
                                               {0xFFE4, 0xFFE4},
                                               {0xFFE8, 0xFFE8},
                                               {0xFFED, 0xFFEE},
                                               {0xFFFC, 0xFFFD},
                                               {0x10137, 0x1013F},
                                               {0x10179, 0x10189},
                                               {0x1018C, 0x1018E},
                                               {0x10190, 0x1019B},
                                               {0x101A0, 0x101A0},
                                               {0x101D0, 0x101FC},
                                               {0x10877, 0x10878},
                                               {0x10AC8, 0x10AC8},
                                               {0x1173F, 0x1173F},
                                               {0x16B3C, 0x16B3F},
                                               {0x16B45, 0x16B45},
                                               {0x1BC9C, 0x1BC9C},
                                               {0x1D000, 0x1D0F5},
                                               {0x1D100, 0x1D126},
                                               {0x1D129, 0x1D164},
                                               {0x1D16A, 0x1D16C},
                                               {0x1D183, 0x1D184},
                                               {0x1D18C, 0x1D1A9},
                                               {0x1D1AE, 0x1D1E8},
                                               {0x1D200, 0x1D241},
                                               {0x1D245, 0x1D245},
                                               {0x1D300, 0x1D356},
                                               {0x1D800, 0x1D9FF},
                                               {0x1DA37, 0x1DA3A},
                                               {0x1DA6D, 0x1DA74},
                                               {0x1DA76, 0x1DA83},
                                               {0x1DA85, 0x1DA86},
                                               {0x1ECAC, 0x1ECAC},
                                               {0x1F000, 0x1F02B},
                                               {0x1F030, 0x1F093},
                                               {0x1F0A0, 0x1F0AE},
                                               {0x1F0B1, 0x1F0BF},
                                               {0x1F0C1, 0x1F0CF},
                                               {0x1F0D1, 0x1F0F5},
                                               {0x1F110, 0x1F16B},
                                               {0x1F170, 0x1F1AC},
                                               {0x1F1E6, 0x1F202},
                                               {0x1F210, 0x1F23B},
                                               {0x1F240, 0x1F248},
                                               {0x1F250, 0x1F251},
                                               {0x1F260, 0x1F265},
                                               {0x1F300, 0x1F3FA},
                                               {0x1F400, 0x1F6D4},
                                               {0x1F6E0, 0x1F6EC},
                                               {0x1F6F0, 0x1F6F9},
                                               {0x1F700, 0x1F773},
                                               {0x1F780, 0x1F7D8},
                                               {0x1F800, 0x1F80B},
                                               {0x1F810, 0x1F847},
                                               {0x1F850, 0x1F859},
                                               {0x1F860, 0x1F887},
                                               {0x1F890, 0x1F8AD},
                                               {0x1F900, 0x1F90B},
                                               {0x1F910, 0x1F93E},
                                               {0x1F940, 0x1F970},
                                               {0x1F973, 0x1F976},
                                               {0x1F97A, 0x1F97A},
                                               {0x1F97C, 0x1F9A2},
                                               {0x1F9B0, 0x1F9B9},
                                               {0x1F9C0, 0x1F9C2},
                                               {0x1F9D0, 0x1F9FF},
                                               {0x1FA60, 0x1FA6D},
                                               {0}};
