from __future__ import annotations

from drive import EXPERTISE, PROMPT, TEMPERATURE, run
from openevolve.config import LLMModelConfig
from openevolve.llm.openai import OpenAILLM


def opened(url, in_flight):
    config = LLMModelConfig(
        api_base=url,
        api_key="none",
        name="m",
        system_message=EXPERTISE,
        temperature=TEMPERATURE,
        timeout=300,
        retries=3,
        retry_delay=5,
    )
    model = OpenAILLM(config)

    async def ask(number):
        return await model.generate(PROMPT, seed=number)

    return ask, model.client.close, False


run(opened)
