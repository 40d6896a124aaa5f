from __future__ import annotations

import os

from drive import MESSAGES, TEMPERATURE, run

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network at import

import litellm


def opened(url, in_flight):
    async def ask(number):
        answer = await litellm.acompletion(
            model="openai/m",
            messages=MESSAGES,
            temperature=TEMPERATURE,
            seed=number,
            api_base=url,
            api_key="none",
            num_retries=3,
        )
        return answer.choices[0].message.content

    async def close():
        pass

    return ask, close, False


run(opened)
