"""What this machine allows at most: the same work with next to no program in it."""

from flask import Flask

app = Flask(__name__)
ROWS = app.jinja_env.from_string(
    "<ul>{% for number in range(100) %}<li>{{ number }} <a href='/{{ number }}'>{{ number }}</a></li>{% endfor %}</ul>"
)


@app.get("/rows")
def rows() -> str:
    return ROWS.render()


def bare(environ, start_response):
    """A WSGI application that does nothing."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
