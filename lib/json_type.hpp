// The kind of a simdjson element in Weir's terms; for the C++ wrappers only.
#ifndef WEIR_JSON_TYPE_HPP
#define WEIR_JSON_TYPE_HPP

#include <simdjson.h>

#include "weir/json.h"

inline enum weir_json_type json_type_of(simdjson::dom::element e)
{
    using simdjson::dom::element_type;
    switch (e.type()) {
    case element_type::ARRAY:
        return WEIR_JSON_ARRAY;
    case element_type::OBJECT:
        return WEIR_JSON_OBJECT;
    case element_type::STRING:
        return WEIR_JSON_STRING;
    case element_type::BOOL:
        return WEIR_JSON_BOOL;
    case element_type::NULL_VALUE:
        return WEIR_JSON_NULL;
    default:
        return WEIR_JSON_NUMBER;
    }
}

// What is wrong with a text, for people.
inline const char *json_why(simdjson::error_code code)
{
    using namespace simdjson;
    return code == STRING_ERROR      ? "broken escape in a string (a lone surrogate?)"
           : code == TAPE_ERROR      ? "commas, colons or brackets out of place"
           : code == DEPTH_ERROR     ? "nested too deeply"
           : code == EMPTY           ? "empty line"
           : code == UNCLOSED_STRING ? "a string is not closed"
           : code == UNESCAPED_CHARS ? "a control character stands in a string"
           : code == NUMBER_ERROR    ? "a broken number, or one above 64 bits"
           : code == INCORRECT_TYPE  ? "not a JSON object"
                                     : error_message(code);
}

#endif
