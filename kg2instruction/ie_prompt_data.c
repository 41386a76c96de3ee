#include "kg2instruction/ie_prompt.h"

/* Written for Weir. */
const char *const ie_frames[2][IE_N_FRAMES] = {
    {
        "请从下面的文本中抽取{what}。[[可选的{unit}有：{s_schema}。]]请按照{s_format}"
        "的格式回答，每行一个；若没有，"
        "请回答NAN。",
        "阅读输入的文本，找出其中的{what}[[，{unit}只能取自：{s_schema}]]。答案逐行写成{s_format}"
        "的形式，找不到就回答NAN。",
        "[[给定{unit}列表：{s_schema}。]]请找出文本中出现的{what}，并以{s_format}"
        "的格式逐行输出；没有则输出NAN。",
        "你是一名信息抽取助手，任务是从文本里抽取{what}。[[候选的{unit}为{s_schema}。]]"
        "每行输出一个结果，格式为{s_format}；"
        "没有结果时输出NAN。",
        "下面这段话里有哪些{what}？[[请只考虑这些{unit}：{s_schema}。]]请用{s_format}"
        "的格式作答，一行一个，没有请答NAN。",
        "我会给你一段文本，请你列出其中的{what}。[[{unit}的范围是：{s_schema}。]]列出时请使用{s_"
        "format}的格式，"
        "没有可列的就写NAN。",
        "请分析输入文本并抽取{what}[[，所用的{unit}须在{s_schema}之内]]。结果的格式是{s_format}"
        "，一行一条；如果不存在，"
        "请回答NAN。",
        "仔细阅读文本，把其中明确提到的{what}抽取出来。[[{unit}请从{s_schema}中选择。]]"
        "每条结果占一行，写作{s_format}；"
        "没有则写NAN。",
        "[[已知{unit}包括{s_schema}。]]根据文本内容抽取{what}，以{s_format}"
        "的格式给出；文本中没有的不要编造，一个都没有时回答NAN。",
        "从给定的句子里，你能抽取出哪些{what}？[[可以使用的{unit}：{s_schema}。]]请以{s_format}"
        "的格式逐条回答，没有就回答NAN。",
        "任务：抽取{what}。[[{unit}：{s_schema}。]]输出格式：{s_format}"
        "，每行一条；无结果时输出NAN。",
        "请帮我整理这段文字中的{what}。[[我关心的{unit}有：{s_schema}。]]整理成{s_format}"
        "的样子，一行写一条；若没有，写NAN。",
        "请识别文本所表达的{what}[[，并且{unit}限于{s_schema}]]。用{s_format}"
        "的格式回答，每行一条，识别不到时回答NAN。",
        "下面是一段文本。请抽取文本中的{what}，不要遗漏。[[可供选择的{unit}如下：{s_schema}。]]"
        "回答的格式为{s_format}；没有时回答NAN。",
        "请根据文本回答：其中包含哪些{what}？[[只回答属于以下{unit}的内容：{s_schema}。]]按{s_"
        "format}的格式一行一条地回答，没有请回答NAN。",
        "作为知识图谱构建的一步，请从文本中抽取{what}。[[本次使用的{unit}是：{s_schema}。]]"
        "请逐行输出{s_format}；"
        "抽取不到时输出NAN。",
        "[[{unit}列表={s_schema}。]]请在输入的文本里查找{what}，把找到的内容写成{s_format}"
        "的格式，每行一条；一条也没有时写NAN。",
        "请把这段话转换成结构化的知识，也就是其中的{what}。[[允许的{unit}：{s_schema}。]]格式：{s_"
        "format}；没有时只写NAN。",
        "以下文本可能含有若干{what}，请全部抽取出来。[[候选{unit}：{s_schema}。]]请按{s_format}"
        "的格式逐行回答；若不含，"
        "回答NAN。",
        "请抽取输入中的{what}，并严格按照{s_format}的格式书写，一行一条。[[{unit}不得超出：{s_"
        "schema}。]]没有符合要求的内容时，"
        "请回答NAN。",
    },
    {
        "Extract {what} from the text below. [[The possible {unit} are: {s_schema}. ]]Answer in "
        "the form {s_format}, "
        "one a line; answer NAN if there are none.",
        "Read the input and find {what}[[, using only these {unit}: {s_schema}]]. Write each "
        "result on its own line as "
        "{s_format}, or NAN when nothing is found.",
        "[[The {unit} are {s_schema}. ]]List {what} in the text. Each line of the answer has the "
        "form {s_format}; if "
        "there is nothing to list, write NAN.",
        "You are an assistant for information extraction. Your task is to extract {what}. "
        "[[Candidate {unit}: "
        "{s_schema}. ]]Give one result a line as {s_format}, and NAN when there is no result.",
        "Which {what} does the text hold? [[Consider only these {unit}: {s_schema}. ]]Answer with "
        "lines of the form {s_format}, or with NAN.",
        "I will give you a text. Please list {what}. [[The {unit} are limited to {s_schema}. ]]Use "
        "the form {s_format} "
        "for every entry; reply NAN if the list is empty.",
        "Analyse the input and extract {what}[[; the {unit} must come from {s_schema}]]. The "
        "format of a result is "
        "{s_format}, one a line. If none exist, answer NAN.",
        "Read carefully and extract {what} that the text states. [[Choose the {unit} from "
        "{s_schema}. ]]Write every "
        "result as {s_format} on a line of its own, or write NAN.",
        "[[The known {unit} are {s_schema}. ]]From what the text says, extract {what} as "
        "{s_format}. Invent nothing; "
        "answer NAN when there is nothing.",
        "What can you extract from this passage in the way of {what}? [[You may use these {unit}: "
        "{s_schema}. ]]Answer "
        "line by line in the form {s_format}, or say NAN.",
        "Task: extract {what}. [[Allowed {unit}: {s_schema}. ]]Output format: {s_format}, one a "
        "line; NAN for no result.",
        "Help me to collect {what} from this passage. [[The {unit} that matter to me: {s_schema}. "
        "]]Put each into the "
        "form {s_format}; write NAN if there are none.",
        "Identify {what} in the text[[, with {unit} limited to {s_schema}]]. Answer in the form "
        "{s_format}, a line "
        "each; answer NAN when nothing can be identified.",
        "Here is a text. Extract {what} and leave none out. [[The {unit} to choose from are: "
        "{s_schema}. ]]The answer "
        "has the form {s_format}; it is NAN if there is nothing to extract.",
        "According to the text, which {what} are there? [[Report only what belongs to these "
        "{unit}: {s_schema}. ]]Reply one a "
        "line as {s_format}, or reply NAN.",
        "As a step in building a knowledge graph, extract {what} from the text. [[The {unit} used "
        "here: {s_schema}. "
        "]]Output {s_format} line by line, and NAN when nothing can be extracted.",
        "[[List of {unit} = {s_schema}. ]]Look for {what} in the input and write what you find as "
        "{s_format}, one a "
        "line; write NAN if you find none.",
        "Turn this passage into structured knowledge, that is, into {what}. [[Permitted {unit}: "
        "{s_schema}. ]]Format: "
        "{s_format}; only NAN when there is nothing.",
        "The text below may contain {what}; extract all of them. [[Candidates for the {unit}: "
        "{s_schema}. ]]Answer line "
        "by line in the form {s_format}; answer NAN if it contains none.",
        "Extract {what} from the input, strictly in the form {s_format}, one a line. [[Do not go "
        "beyond these {unit}: "
        "{s_schema}. ]]If nothing fits, answer NAN.",
    }};

const char *const ie_frame_what[2][IE_N_TASKS] = {
    {"命名实体及其类型", "关系三元组", "主谓宾形式的知识三元组",
     "事件（包括触发词、事件类型、论元及其角色）", "事件触发词及其事件类型", "事件论元及其角色",
     "实体的属性及属性值"},
    {"named entities with their types", "relation triples",
     "triples of subject, predicate and object",
     "events with their triggers, types, arguments and roles",
     "event triggers with their event types", "event arguments with their roles",
     "attributes of entities with their values"}};

const char *const ie_frame_unit[2][IE_N_TASKS] = {
    {"实体类型", "关系", "三元组模式", "事件类型（及角色）", "事件类型", "事件类型（及角色）",
     "实体类型（及属性）"},
    {"entity types", "relations", "patterns of triples", "event types (and roles)", "event types",
     "event types (and roles)", "entity types (and attributes)"}};

/* The instructions that IEPile's records carry and models tuned on it expect (Gui et al. 2024,
 * IEPile; SPO's is that of its sample files). */
const char *const ie_iepile_prompt[2][IE_N_TASKS] = {
    {"你是专门进行实体抽取的专家。请从input中抽取出符合schema定义的实体，不存在的实体类型返"
     "回空列表。请按照JSON字符串的格式回答。",
     "你是专门进行关系抽取的专家。请从input中抽取出符合schema定义的关系三元组，不存在的关系"
     "返回空列表。请按照JSON字符串的格式回答。",
     "你是专门进行SPO三元组抽取的专家。请从input中抽取出符合schema定义的spo关系三元组，不存"
     "在的关系返回空列表。请按照JSON字符串的格式回答。",
     "你是专门进行事件提取的专家。请从input中抽取出符合schema定义的事件，不存在的事件返回空"
     "列表，不存在的论元返回NAN，如果论元存在多值请返回列表。请按照JSON字符串的格式回答。",
     "你是专门进行事件提取的专家。请从input中抽取出符合schema定义的事件类型及事件触发词，不"
     "存在的事件返回空列表。请按照JSON字符串的格式回答。",
     "你是专门进行事件论元提取的专家。请从input中抽取出符合schema定义的事件论元及论元角色，"
     "不存在的论元返回NAN或空字典，如果论元存在多值请返回列表。请按照JSON字符串的格式回答。",
     "你是一个图谱实体知识结构化专家。根据输入实体类型(entity type)的schema描述，从文本中抽"
     "取出相应的实体实例和其属性信息，不存在的属性不输出, 属性存在多值就返回列表，并输出为"
     "可解析的json格式。"},
    {"You are an expert in named entity recognition. Please extract entities that match the "
     "schema definition from the input. Return an empty list if the entity type does not exist. "
     "Please respond in the format of a JSON string.",
     "You are an expert in relationship extraction. Please extract relationship triples that "
     "match the schema definition from the input. Return an empty list for relationships that "
     "do not exist. Please respond in the format of a JSON string.",
     "You are an expert in relationship extraction. Please extract relationship triples that "
     "match the schema definition from the input. Return an empty list for relationships that "
     "do not exist. Please respond in the format of a JSON string.",
     "You are an expert in event extraction. Please extract events from the input that conform "
     "to the schema definition. Return an empty list for events that do not exist, and return "
     "NAN for arguments that do not exist. If an argument has multiple values, please return "
     "a list. Respond in the format of a JSON string.",
     "You are an expert in event extraction. Please extract event types and event trigger "
     "words from the input that conform to the schema definition. Return an empty list for "
     "non-existent events. Please respond in the format of a JSON string.",
     "You are an expert in event argument extraction. Please extract event arguments and their "
     "roles from the input that conform to the schema definition, which already includes event "
     "trigger words. If an argument does not exist, return NAN or an empty dictionary. Please "
     "respond in the format of a JSON string.",
     "You are an expert in structured knowledge systems for graph entities. Based on the schema "
     "description of the input entity type, you extract the corresponding entity instances "
     "and their attribute information from the text. Attributes that do not exist should not "
     "be output. If an attribute has multiple values, a list should be returned. The results "
     "should be output in a parsable JSON format."},
};
