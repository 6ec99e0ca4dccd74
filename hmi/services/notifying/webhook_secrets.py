"""What is secret of webhooks: the rest of their addresses, and the values of their headers.

An address leaves the settings only where it will still be there at the next start: an alarm that is not sent because
its address is gone is worse than an address that can be read in a file.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from hmi.config.notification_channels import (
    LEFT_OUT,
    Header,
    WebhookChannel,
    address_name,
    bare_address,
    headers_name,
)
from hmi.config.secrets import Secrets
from hmi.domain.language import tr
from hmi.services.notifying.delivery import DeliveryError
from hmi.services.port import RefusedError

Before = dict[str, str | None]
"""What secrets were before they were written over, by name; None for one that was not there."""


class WebhookSecrets:
    """Takes them out of a channel and puts them in again. On the I/O thread."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._lock = asyncio.Lock()

    async def check(self, channel: WebhookChannel) -> None:
        """See that the address can be made whole again. Raises RefusedError for one that was shortened by hand."""
        if not channel.is_on or not channel.url.endswith(LEFT_OUT):
            return
        known = await self._get(address_name(channel.id))
        if known and bare_address(known) != channel.url:
            words = tr("{name}: type the whole web address; what follows the server's name is not shown again.")
            raise RefusedError(words.format(name=channel.name))

    async def keep(self, channel: WebhookChannel, before: Before, *, is_in_clear: bool = False) -> WebhookChannel:
        """Keep what is secret, and return the channel without it; what cannot be kept for long stays, see above.

        before: gets what was written over. is_in_clear: the values of headers stood in the settings until now, and stay
        there as well where they cannot be kept for long; else they are as a password is that was just typed.
        """
        url = await self._keep_address(channel, before)
        is_kept = await self._keep_headers(channel, before)
        headers = channel.headers if is_in_clear and not is_kept else channel.bare().headers
        return channel.model_copy(update={"url": url, "headers": headers})

    async def put_back(self, before: Before) -> None:
        """Make secrets what they were, as what they were kept for was not saved."""
        for name, secret in before.items():
            if secret is None:
                await self._secrets.delete(name)
            else:
                await self._secrets.store(name, secret)

    async def whole(self, channel: WebhookChannel) -> WebhookChannel:
        """Return a channel with its whole address and the values of its headers. Raises DeliveryError."""
        url = channel.url
        if url.endswith(LEFT_OUT):
            url = await self._get(address_name(channel.id)) or ""
            if bare_address(url) != channel.url:
                raise DeliveryError(tr("The web address is not here whole. Type it again, or open what keeps it."))
        kept = await self._headers_of(channel) if not all(each.value for each in channel.headers) else {}
        values = {each.name: each.value or kept.get(each.name, "") for each in channel.headers}
        missing = [name for name, value in values.items() if not value]
        if missing:
            words = tr("The value of the header {name} is not here. Type it again, or open what keeps it.")
            raise DeliveryError(words.format(name=missing[0]))
        filled = tuple(Header(name=name, value=value) for name, value in values.items())
        return channel.model_copy(update={"headers": filled, "url": url})

    async def _keep_address(self, channel: WebhookChannel, before: Before) -> str:
        """Keep an address, and return what of it stands in the settings."""
        bare, name = bare_address(channel.url), address_name(channel.id)
        if channel.url.endswith(LEFT_OUT):
            return channel.url
        known = await self._get(name)
        if bare == channel.url:
            if known is not None:
                before.setdefault(name, known)
                await self._secrets.delete(name)
            return bare
        before.setdefault(name, known)
        return bare if (await self._secrets.store(name, channel.url)).outlives else channel.url

    async def _keep_headers(self, channel: WebhookChannel, before: Before) -> bool:
        """Keep the values that are given beside those that are there; return whether they outlive the program."""
        given = {each.name: each.value for each in channel.headers if each.value}
        kept, names = await self._headers_of(channel), {each.name for each in channel.headers}
        if not given and kept.keys() <= names:  # nothing new, and perhaps nothing that could be read
            return True
        values = {name: given.get(name) or kept.get(name, "") for name in names}
        values = {name: value for name, value in values.items() if value}
        name = headers_name(channel.id)
        before.setdefault(name, json.dumps(kept) if kept else None)
        if values:
            return (await self._secrets.store(name, json.dumps(values))).outlives
        await self._secrets.delete(name)
        return True

    async def _headers_of(self, channel: WebhookChannel) -> Mapping[str, str]:
        try:
            found = json.loads(await self._get(headers_name(channel.id)) or "{}")
        except ValueError:
            return {}
        return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}

    async def _get(self, name: str) -> str | None:
        async with self._lock:  # the keyring takes one question at a time
            return await self._secrets.get(name)
