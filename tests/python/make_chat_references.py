"""Writes java/generate/src/test/resources/chat_templates.json: conversations as transformers renders them.

Needs transformers and jinja2: python3 make_chat_references.py OUTPUT [tokenizer_config.json ...]

The templates are written for this project, in the forms that published models use; those of real models may be given as
further arguments, to check them too.
"""

import json
import sys
from pathlib import Path

from transformers.utils.chat_template_utils import _compile_jinja_template

TEMPLATES = {
    # role, colon, text, end of turn: microsoft/bitnet-b1.58-2B-4T
    "capitalized roles": "{% set all = messages %}{% for message in all %}{% set text = message['role'] | capitalize + ': ' +"
    " message['content'] | trim + '<|eot_id|>' %}{{ text }}{% endfor %}{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}",
    # headers around the role, BOS by the first message: Llama 3
    "headers": "{% for message in messages %}{% set text = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' +"
    " message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set text = bos_token + text %}{% endif %}{{ text }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}\n",
    # a role a line, end of text but after the last message: Falcon 3, Falcon-E
    "tags": "{% for message in messages %}{% if message['role'] == 'system' %}{{ '<|system|>\n' + message['content'] + '\n' }}"
    "{% elif message['role'] == 'user' %}{{ '<|user|>\n' + message['content'] + '\n' }}{% elif message['role'] == 'assistant' %}"
    "{% if not loop.last %}{{ '<|assistant|>\n' + message['content'] + eos_token + '\n' }}{% else %}"
    "{{ '<|assistant|>\n' + message['content'] + eos_token }}{% endif %}{% endif %}{% if loop.last and add_generation_prompt %}"
    "{{ '<|assistant|>\n' }}{% endif %}{% endfor %}",
    # whitespace control, namespaces, slices, Python's methods: Qwen 2.5 and 3
    "namespaces": """{%- if messages[0].role == 'system' -%}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
    {%- set rest = messages[1:] -%}
{%- else -%}
    {%- set rest = messages -%}
{%- endif -%}
{%- set ns = namespace(open=true, last=rest|length - 1) %}
{%- for m in rest[::-1] %}
    {%- set index = (rest|length - 1) - loop.index0 %}
    {%- if ns.open and m.role == "user" and not(m.content.startswith('<tool>') and m.content.endswith('</tool>')) %}
        {%- set ns.open = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for m in rest %}
    {%- set text = m.content %}
    {%- if m.role == 'assistant' and '</think>' in m.content and loop.index0 < ns.last %}
        {%- set text = m.content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {{- '<|im_start|>' + m.role + '\\n' + text + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
""",
    # block tags on lines of their own, filters, macros, JSON
    "lines": """{{ bos_token }}{% if tools is not none and tools is defined %}tools{% endif %}

{% for m in messages %}
  {% if loop.first %}
first of {{ loop.length }}
  {% endif %}
{{ m | tojson }}
{{ m | tojson(indent=2) }}
{{ m.content | length }} {{ m['content'] | upper }} {{ m.content[:3] }} {{ m.content.strip() | replace('e', 'E') }}
{% endfor %}
{{ messages | map(attribute='role') | join(', ') }}; {{ messages | selectattr('role', 'equalto', 'user') | list | length }}
{%- macro f(x, y='q') %}<{{ x }}{{ y }}>{% endmacro %}
{{ f('a') }}{{ f('b', y='c') }}{{ 'x' if messages[0].role == 'user' else 'y' }} {{ messages[-1].role.title() }}
{% generation %}{{ 'a b  c'.split() | join('-') }} {{ 'a.b.c'.split('.', 1) | join('-') }}{% endgeneration %}
{% if 'name' in messages[0] %}named{% else %}nameless{% endif %}{% if strftime_now is defined %}{{ strftime_now('%%') }}{% endif %}{{ messages[0].get('name', '?') }}{{ messages[0].name }}|{{ nothing }}|
""",
    # refuses what does not alternate: Mistral, Gemma
    "alternating": "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}{{ '[' + message['role'] + ']' + message['content'] | trim }}{% endfor %}",
}
CONVERSATIONS = {
    "one": [("user", 'Hello <b>"you"</b>')],
    "escapes": [("user", "a\\b \\n \"q\" 's' \x1e\t \\u0041 {{ x }} {% y %} {# z #} \ufffd\x18")],
    "thinking": [("user", "q"), ("assistant", "<think>\nhm\n</think>\n\nA"), ("user", "r ")],
    "system": [
        ("system", "Be brief.\nAlways. "),
        ("user", " Hi\n"),
        ("assistant", "Yes?"),
        ("user", "What's 1 < 2 & \u00e9\u4e2d?"),
    ],
}
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


def render(template, conversation, prompt):
    messages = [{"role": role, "content": content} for role, content in conversation]
    try:
        text = _compile_jinja_template(template).render(messages=messages, add_generation_prompt=prompt, **TOKENS)
        return {"text": text}
    except Exception as error:  # what a template raises is part of its meaning
        return {"error": str(error)}


def main(output, *configs):
    templates = dict(TEMPLATES)
    for config in configs:
        templates[config] = json.loads(Path(config).read_text(encoding="utf-8"))["chat_template"]
    cases = []
    for name, template in templates.items():
        for kind, conversation in CONVERSATIONS.items():
            for prompt in (True, False):
                cases.append({
                    "name": f"{name}, {kind}, {prompt}",
                    "template": template,
                    "tokens": TOKENS,
                    "messages": conversation,
                    "add_generation_prompt": prompt,
                } | render(template, conversation, prompt))
    Path(output).write_text(json.dumps(cases, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
