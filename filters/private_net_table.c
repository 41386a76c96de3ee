/* Top-level domains: those of countries (IANA), and the generic ones that people have mail under.
 */
#include <string.h>
#include "weir/utf8.h"
#include "filters/private.h"

/* A space behind each. */
static const char domains[] =
    "ac academy ad ae aero af ag agency ai al am ao app aq ar art as asia at au aw ax az ba "
    "bank bb bd be bf bg bh bi biz bj blog bm bn bo bot br bs bt bw by bz ca capital care cat "
    "cc cd center cf cg ch chat ci city ck cl click cloud club cm cn co com company coop cr cu "
    "cv cw cx cy cz de design dev digital dj dk dm do dz ec edu education ee eg email energy er "
    "es et eu expert fi finance fj fk fm fo fr fun fund ga gd ge gf gg gh gi gl global gm gmbh "
    "gn gov gp gq gr group gs gt gu gw gy health hk hm hn host house hr ht hu icu id ie il im "
    "in info int io iq ir is it je jm jo jobs jp ke kg kh ki kim km kn kp kr kw ky kz la land "
    "law lb lc li life link live lk love lr ls lt ltd lu lv ly ma mc md me media men mg mh mil "
    "mk ml mm mn mo mobi moe mp mq mr ms mt mu museum mv mw mx my mz na name nc ne net network "
    "news nf ng ni ninja nl no np nr nu nz om online org pa page pe pf pg ph pk pl plus pm pn "
    "pr pro ps pt pw py qa re red ro rocks rs ru run rw sa sb sc science sd se services sg sh "
    "shop si site sk sl sm sn so social software solutions space sr ss st store studio su "
    "support sv sx sy systems sz tc td team tech technology tel tf tg th tips tj tk tl tm tn to "
    "today tools top tr travel tt tv tw tz ua ug uk university us uy uz va vc ve vg vi video "
    "vip vn vu wang web wf wiki win work world ws xyz ye yt za zm zone zw ";

int private_is_top_domain(const char *p, size_t n)
{
    char word[16];
    if (n < 2 || n + 2 > sizeof word)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (!weir_is_ascii_alpha((unsigned char)p[i]))
            return 0;
        word[i] = (char)(p[i] | 32);
    }
    word[n] = ' ';
    word[n + 1] = 0;
    for (const char *at = domains; (at = strstr(at, word)) != NULL; at += n)
        if (at == domains || at[-1] == ' ')
            return 1;
    return 0;
}
