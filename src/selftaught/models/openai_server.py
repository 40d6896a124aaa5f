"""A server that speaks OpenAI's protocol, over loopback, for any of our models."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from selftaught.errors import ModelError, ModelRefusedError, PromptTooLongError, UsageError
from selftaught.models.completions import ChatRequest, chunks, completion
from selftaught.ports import LanguageModel

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"


def application(model: LanguageModel) -> FastAPI:
    """Return the application: chat completions, whole or streamed, and the list of models.

    A request without a seed gets the number of such requests before it, so that a server
    that was started anew answers the same requests in the same way.
    """
    # imported here: only this command needs a web server
    from fastapi import FastAPI, Request  # noqa: PLC0415
    from fastapi.exceptions import RequestValidationError  # noqa: PLC0415
    from fastapi.responses import Response, StreamingResponse  # noqa: PLC0415

    app = FastAPI(title="selftaught", docs_url=None, redoc_url=None, openapi_url=None)
    seeds = itertools.count()

    def answer(content: dict[str, Any], status: int = 200) -> Response:
        # in ASCII, since texts may hold lone surrogates
        return Response(json.dumps(content), status, media_type="application/json")

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        return answer(_error(f"{field}: {first['msg']}", param=field or None), 400)

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, ModelError)
        return answer(*_failure(error))

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ModelError, failed)

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        listed = {"id": model.name, "object": "model", "created": 0, "owned_by": "selftaught"}
        return {"object": "list", "data": [listed]}

    @app.post("/v1/chat/completions")
    async def complete(asked: ChatRequest) -> Response:
        if asked.model != model.name:
            message = f"unknown model {asked.model!r}; this server has {model.name!r}"
            return answer(_error(message, "model", "model_not_found"), 404)
        request = asked.request(0 if asked.seed is not None else next(seeds))
        responses = [each async for each in model.respond(request)]
        if not asked.stream:
            return answer(completion(model.name, responses))
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        events = _events(chunks(model.name, responses, usage))
        return StreamingResponse(events, media_type="text/event-stream")

    # the annotations above are text, and these names are known in here only
    complete.__annotations__.update(asked=ChatRequest, **{"return": Response})
    return app


async def serve(
    model: LanguageModel, port: int, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve the model until the process is interrupted.

    Args:
        model: the model.
        port: on the loopback address; 0 takes a free one.
        on_ready: called with the base URL once requests are taken.

    Raises:
        UsageError: the port can't be had.
    """
    import uvicorn  # noqa: PLC0415

    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"port {port} free on {HOST}", str(error), "name another --port; 0 takes a free one"
        ) from None
    config = uvicorn.Config(application(model), log_level="warning", lifespan="off")
    if on_ready is not None:
        on_ready(f"http://{HOST}:{listener.getsockname()[1]}/v1")
    server = uvicorn.Server(config)
    with listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:  # when cancelled too, it has to let go of the socket before we close it
            server.should_exit = True
            await serving


def _events(parts: Iterator[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        yield f"data: {json.dumps(part)}\n\n"
    yield "data: [DONE]\n\n"


def _error(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _failure(error: ModelError) -> tuple[dict[str, Any], int]:
    if isinstance(error, PromptTooLongError):
        return _error(str(error), "messages", "context_length_exceeded"), 400
    return _error(str(error)), 400 if isinstance(error, ModelRefusedError) else 502
