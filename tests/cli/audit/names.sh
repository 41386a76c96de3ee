# Long and wide names are cut to the table's 80 columns; nothing in them reaches the terminal raw.
. "$SRC/tests/data/audit/ledger.sh"
{
    run 一个名字非常长的处理阶段没有人会这样叫它 a:1 b:2 1234567890 0 0 1234567890
} | sed 's/百科/中华人民共和国国家图书馆数字资源\\u001b[31m/; s/too-short/a-reason-with-a-name-of-many-letters/' >ledger
weir-audit ledger
