from __future__ import annotations

from drive import EXPERTISE, PROMPT, TEMPERATURE, run

from selftaught.models.openai import open_openai
from selftaught.models.options import ModelOptions
from selftaught.ports import Message, ModelRequest, Parameters


def opened(url, in_flight):
    model = open_openai("openai/m", "m", ModelOptions(base_url=url, in_flight=in_flight))

    async def ask(number):
        messages = (Message("system", EXPERTISE), Message("user", PROMPT))
        parameters = Parameters(temperature=TEMPERATURE)
        request = ModelRequest(messages, parameters, (0,), f"r{number}", 0)
        (response,) = [each async for each in model.respond(request)]
        return response.text

    return ask, model.close, True


run(opened)
