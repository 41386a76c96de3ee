/* Topics and relations. */
#include "kg2instruction/ann_schema.h"

const char *ann_topic_name(unsigned topic, int english)
{
    static const char *const names[][2] = {{"人物", "Person"},
                                           {"地理地区", "Geographic_Location"},
                                           {"建筑", "Building"},
                                           {"作品", "Works"},
                                           {"生物", "Creature"},
                                           {"人造物件", "Artificial_Object"},
                                           {"自然科学", "Natural_Science"},
                                           {"组织", "Organization"},
                                           {"运输", "Transport"},
                                           {"事件", "Event"},
                                           {"天文对象", "Astronomy"},
                                           {"医学", "Medicine"},
                                           {"其他", "Other"},
                                           {"时间", "Time"},
                                           {"数量", "Quantity"}};
    return names[topic][english];
}

/* In this order: what is a person is nothing else, a station is no building, a university is an
 * organization though it stands somewhere, a country is a place though it is organized. */
static const struct {
    kg_id cls;
    uint8_t topic;
} roots[] = {
    {5, ANN_PERSON},
    {95074, ANN_PERSON},
    {178885, ANN_PERSON},
    {6999, ANN_SPACE},
    {16521, ANN_CREATURE},
    {55983715, ANN_CREATURE},
    {12136, ANN_MEDICINE},
    {169872, ANN_MEDICINE},
    {12140, ANN_MEDICINE},
    {55488, ANN_TRANSPORT},
    {34442, ANN_TRANSPORT},
    {728937, ANN_TRANSPORT},
    {1248784, ANN_TRANSPORT},
    {376799, ANN_TRANSPORT},
    {3918, ANN_ORGANIZATION},
    {2385804, ANN_ORGANIZATION},
    {4830453, ANN_ORGANIZATION},
    {783794, ANN_ORGANIZATION},
    {7278, ANN_ORGANIZATION},
    {215380, ANN_ORGANIZATION},
    {847017, ANN_ORGANIZATION},
    {386724, ANN_WORK},
    {17537576, ANN_WORK},
    {41176, ANN_BUILDING},
    {811979, ANN_BUILDING},
    {6256, ANN_PLACE},
    {515, ANN_PLACE},
    {486972, ANN_PLACE},
    {56061, ANN_PLACE},
    {82794, ANN_PLACE},
    {618123, ANN_PLACE},
    {2221906, ANN_PLACE},
    {27096213, ANN_PLACE},
    {1656682, ANN_EVENT},
    {198, ANN_EVENT},
    {43229, ANN_ORGANIZATION},
    {11173, ANN_SCIENCE},
    {79529, ANN_SCIENCE},
    {11344, ANN_SCIENCE},
    {7946, ANN_SCIENCE},
    {2424752, ANN_ARTIFACT},
    {39546, ANN_ARTIFACT},
    {1183543, ANN_ARTIFACT},
    {42889, ANN_ARTIFACT},
    {728, ANN_ARTIFACT},
    {16686448, ANN_ARTIFACT},
    {2095, ANN_ARTIFACT},
};

int ann_topic_of(const kg_file *kg, kg_id id)
{
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        const int is = kg_is_a(kg, id, roots[i].cls);
        if (is)
            return is < 0 ? is : roots[i].topic;
    }
    return ANN_NO_TOPIC;
}

const struct ann_relation *ann_relation_find(unsigned topic, uint32_t pid)
{
    if (topic >= ANN_N_TOPICS)
        return NULL;
    for (const struct ann_relation *r = ann_relations; r->zh; r++)
        for (int i = 0; r->topics >> topic & 1 && i < ANN_PIDS && r->pids[i]; i++)
            if (r->pids[i] == pid)
                return r;
    return NULL;
}
