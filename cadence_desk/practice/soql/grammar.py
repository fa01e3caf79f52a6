"""The grammar of SOQL as a lark LALR grammar, and what to say of text that does not fit it.

Imports problems. Called by `reading` only.
"""

from __future__ import annotations

from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from cadence_desk.practice.soql.problems import MALFORMED_QUERY, Misread, unexpected_token

# Words that end a name list wherever they stand. All other keywords are names where a name is due (Group, Order, End).
_RESERVED = (
    "SELECT FROM WHERE AND OR NOT LIKE IN INCLUDES EXCLUDES HAVING LIMIT USING WITH ASC DESC NULLS".split()  # noqa: SIM905
)
_SOFT = "GROUP ORDER BY OFFSET FOR UPDATE SCOPE FIRST LAST TYPEOF WHEN THEN ELSE END".split()  # noqa: SIM905
_END = "<EOF>"
_KEPT = frozenset({"ASC", "DESC", "FIRST", "LAST", "INCLUDES", "EXCLUDES"})

_RULES = r"""
query: _SELECT select_item ("," select_item)* _FROM source scope? where? with? group? having? order? limit? offset? \
       option*
source: PATH PATH?
?select_item: operand           -> selected
            | operand PATH      -> selected
            | "(" query ")"     -> child_select
            | _TYPEOF PATH type_choice+ otherwise? _END -> type_of
type_choice: _WHEN PATH _THEN paths
otherwise: _ELSE paths
paths: PATH ("," PATH)*
?operand: PATH | call
call: PATH "(" (operand ("," operand)*)? ")"

scope: _USING _SCOPE PATH
where: _WHERE condition
with: _WITH PATH
group: _GROUP _BY operand ("," operand)*
having: _HAVING condition
order: _ORDER _BY ordering ("," ordering)*
ordering: operand (ASC | DESC)? (_NULLS (FIRST | LAST))?
limit: _LIMIT NUMBER
offset: _OFFSET NUMBER
option: (_FOR | _UPDATE) PATH ("," PATH)*

?condition: simple | every | any | negation
every: simple (_AND simple)+
any: simple (_OR simple)+
negation: _NOT simple
?simple: "(" condition ")" | comparison
?comparison: operand COMPARE value              -> compare
           | operand _LIKE value                -> like
           | operand _IN values                 -> member
           | operand _NOT _IN values            -> not_member
           | operand _IN "(" query ")"          -> in_select
           | operand _NOT _IN "(" query ")"     -> not_in_select
           | operand (INCLUDES | EXCLUDES) values -> multi_pick
values: "(" value ("," value)* ")"
value: STRING | NUMBER | DATE | DATETIME | PATH (":" NUMBER)?

COMPARE: /<=|>=|!=|<>|=|<|>/
STRING: /'(?:[^'\\]|\\.)*'/s
DATETIME.9: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})/i
DATE.8: /\d{4}-\d{2}-\d{2}/
NUMBER.7: /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i
%ignore /[ \t\r\n\f]+/
"""


def _keyword(word: str) -> str:
    name = word if word in _KEPT else f"_{word}"
    return rf"{name}.6: /{word}(?![\w.])/i"


def _grammar() -> str:
    name = rf"PATH: /(?!(?:{'|'.join(_RESERVED)})(?![\w.]))[a-z_]\w*(?:\.[a-z_]\w*)*/i"
    return "\n".join([_RULES.replace("\\\n", " "), name, *(_keyword(word) for word in _RESERVED + _SOFT)])


@cache
def _parser() -> Lark:
    return Lark(_grammar(), parser="lalr", start="query", maybe_placeholders=False)


def parse(text: str) -> Tree[Token]:
    """Return the syntax tree of a query.

    Raises:
        Misread: the text is not SOQL; at the first word that does not fit.
    """
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        raise _fault(text, error) from None


def _fault(text: str, error: UnexpectedInput) -> Misread:
    if isinstance(error, UnexpectedCharacters):
        at = int(str(error.pos_in_stream))  # lark types it as None
        sentence = f"line {error.line}:{error.column} no viable alternative at character '{text[at]}'"
        return Misread(MALFORMED_QUERY, sentence, at)
    if not isinstance(error, UnexpectedToken):
        return unexpected_token(_END, len(text))
    alias = _stray_alias(error)
    if alias is not None:
        return unexpected_token(str(alias), alias.start_pos or 0)
    if error.token.type == "$END":
        return unexpected_token(_END, len(text))
    at = error.token.start_pos or 0
    if error.token.type == "COLON":
        return Misread(MALFORMED_QUERY, "Bind variables are known in Apex code only", at)
    return unexpected_token(str(error.token), at)


def _stray_alias(error: UnexpectedToken) -> Token | None:
    """Find a misspelled FROM: it was read as the alias of the field before it, and the word after it does not fit."""
    stack = error.interactive_parser.parser_state.value_stack
    stray = stack[-1] if len(stack) > 1 else None
    if not isinstance(stray, Token) or stray.type != "PATH" or error.accepts != {"_FROM", "COMMA"}:
        return None
    return stray if isinstance(stack[-2], Token) and stack[-2].type == "PATH" else None
