"""Watching a live picture over the socket of the process that reads the camera."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.words import Said
from matpho.errors import Corrupt
from matpho.video.live_parts import LiveForm, LiveLost, LivePart, receive

RETRY_S = 0.7
_AWAY = LiveLost(Said("Đang khởi động lại luồng hình…", "The picture is being restarted…"))


async def watch(
    socket: Path, camera_id: CameraId, role: StreamRole, form: LiveForm = LiveForm.AS_SENT
) -> AsyncGenerator[LivePart]:
    """Parts for as long as somebody asks for them; close the generator to stop watching.

    A process that died is waited for: LiveLost comes once, and a LiveInit when the picture is back. With
    ``LiveForm.ENCODED`` only ever the rendition that is encoded here, private areas covered.
    """
    told = False
    while True:
        writer: asyncio.StreamWriter | None = None
        try:
            reader, writer = await asyncio.open_unix_connection(str(socket))
            writer.write(json.dumps({"camera": camera_id, "role": role.value, "form": form.value}).encode() + b"\n")
            while True:
                part = await receive(reader)
                told = False
                yield part
        except (OSError, asyncio.IncompleteReadError, Corrupt):
            if not told:
                told = True
                yield _AWAY
        finally:
            if writer is not None:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        await asyncio.sleep(RETRY_S)
