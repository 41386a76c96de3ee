/* Words that MediaWiki and the Wikipedias give a meaning: language codes and behaviour switches.
 * Both lists are those of the interwiki map and the magic words of Wikipedia (siteinfo API). */
#include "ingest/wikitext_internal.h"

static const char languages[] =
    " aa ab ace ady af als alt am ami an ang ann anp ar arc ary arz as ast atj av avk awa ay az"
    " azb ba ban bar bat-smg bbc bcl bdr be be-tarask be-x-old bew bg bh bi bjn blk bm bn bo bpy"
    " br bs btm bug bxr ca cbk-zam cdo ce ceb ch cho chr chy ckb co cr crh cs csb cu cv cy da dag"
    " de dga din diq dsb dtp dty dv dz ee egl el eml en eo es et eu ext fa fat ff fi fiu-vro fj fo"
    " fon fr frp frr fur fy ga gag gan gcr gd gl glk gn gom gor got gpe gsw gu guc gur guw gv ha"
    " hak haw he hi hif ho hr hsb ht hu hy hyw hz ia iba id ie ig igl ii ik ilo inh io is it iu ja"
    " jam jbo jv ka kaa kab kaj kbd kbp kcg kg kge ki kj kk kl km kn knc ko koi kr krc ks ksh ku"
    " kus kv kw ky la lad lb lbe lez lfn lg li lij lld lmo ln lo lrc lt ltg lv lzh mad mai map-bms"
    " mdf mg mh mhr mi min mk ml mn mni mnw mo mos mr mrj ms mt mus mwl my myv mzn na nah nan nap"
    " nb nds nds-nl ne new ng nia nl nn no nov nqo nr nrm nso nup nv ny oc olo om or os pa pag pam"
    " pap pcd pcm pdc pfl pi pih pl pms pnb pnt ppl ps pt pwn qu rki rm rmy rn ro roa-rup roa-tara"
    " rsk ru rue rup rw sa sah sat sc scn sco sd se sg sgs sh shi shn shy si simple sk skr sl sm"
    " smn sn so sq sr srn ss st stq su sv sw syl szl szy ta tay tcy tdd te tet tg th ti tig tk tl"
    " tly tn to tok tpi tr trv ts tt tum tw ty tyv udm ug uk ur uz ve vec vep vi vls vo vro wa war"
    " wo wuu xal xh xmf yi yo yue za zea zgh zh zh-classical zh-cn zh-min-nan zh-tw zh-yue zu ";

static const char switches[] = // in upper case where there is one
    " ARCHIVEDTALK DISAMBIG EXPECTED_UNCONNECTED_PAGE EXPECTUNUSEDCATEGORY EXPECTUNUSEDTEMPLATE"
    " EXPECTWITHOUTSCANS FORCETOC HIDDENCAT INDEX KEEPTITLE NEWSECTIONLINK NOCC NOCONTENTCONVERT"
    " NOEDITSECTION NOGALLERY NOGLOBAL NOINDEX NONEWSECTIONLINK NOTALK NOTC NOTITLECONVERT NOTOC"
    " STATICREDIRECT TOC"
    " 不轉換內容 不轉換標題 不转换内容 不转换标题 已存档讨论 強制目錄 强显目录"
    " 新段落链接 无图库 无新段落链接 无段落编辑 无目录 无索引 无编辑段落"
    " 消除歧义 無圖庫 無段落編輯 無目錄 目录 目錄 禁用全域用户页 禁用讨论 索引"
    " 隐藏分类 隱藏分類 静态重定向 靜態重新導向 ";

/* word, with a space on both sides, in a list of words. */
static int in_list(const char *list, const char *p, size_t n, int upper)
{
    char word[64];
    if (n + 3 > sizeof word)
        return 0;
    word[0] = ' ';
    for (size_t i = 0; i < n; i++) {
        if (p[i] == ' ' || !p[i])
            return 0;
        word[i + 1] = wt_lower(p[i]);
        if (upper && wt_is_alpha(p[i]))
            word[i + 1] = (char)(p[i] & ~32);
    }
    word[n + 1] = ' ';
    word[n + 2] = 0;
    return strstr(list, word) != NULL;
}

int wt_is_language(struct weir_span s)
{
    return s.n && in_list(languages, s.p, s.n, 0);
}

size_t wt_switch(const char *s, size_t n)
{
    const size_t max = n < 64 ? n : 64;
    for (size_t i = 2; i + 2 <= max && s[i] != '\n' && s[i] != ' '; i++)
        if (s[i] == '_' && s[i + 1] == '_')
            return i > 2 && in_list(switches, s + 2, i - 2, 1) ? i + 2 : 0;
    return 0;
}
