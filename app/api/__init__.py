"""The REST interface, described by OpenAPI at /api/v1/openapi.json."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.api import views
    from app.extensions import csrf

    app.config.update(
        API_TITLE="Leerkring",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}},
    )
    views.api.init_app(app)
    views.api.register_blueprint(views.blueprint)
    csrf.exempt(views.blueprint)
