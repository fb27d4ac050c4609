"""Files of people and of the app: who may read them, and the app's three-step upload."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.slack.records import File, ImpossibleError, Json, SlackError

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory

ALT_TEXT = 1000


@dataclass(slots=True)
class Upload:
    """An upload the app announced: what it said, and what arrived."""

    file_id: str
    name: str
    length: int
    alt_text: str = ""
    content: bytes | None = None


class Files:
    """All files of the workspace."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._files: dict[str, File] = {}
        self._uploads: dict[str, Upload] = {}
        # Where the server listens; the links in file objects start with it.
        self.base_url = ""

    def add(self, user_id: str, name: str, content: bytes) -> File:
        """A file as a person picked it: nobody else sees it yet."""
        created = int(self._directory.clock())
        file = File(self._directory.new_id("F"), user_id, name, content, created, title=name)
        self._files[file.id] = file
        return file

    def of(self, file_id: str) -> File:
        """Any file, for people. Raises ImpossibleError."""
        if file_id not in self._files:
            raise ImpossibleError(f"There is no file {file_id!r}")
        return self._files[file_id]

    def for_app(self, file_id: str) -> File:
        """A file the app may read: its own, given in its forms, or where it is a member.

        Raises `file_not_found`.
        """
        file = self._files.get(file_id)
        if file is None or not self._readable(file):
            raise SlackError("file_not_found")
        return file

    def announce(self, name: str, length: int, alt_text: str = "") -> Json:
        """`files.getUploadURLExternal`: where the bytes go, and the id they will have."""
        if length < 1:
            raise SlackError("invalid_arguments", faults=["must be greater than 0"])
        if len(alt_text) > ALT_TEXT:
            raise SlackError("invalid_arguments", faults=["alt_txt is too long"])
        ticket = secrets.token_urlsafe(16)
        upload = self._uploads[ticket] = Upload(self._directory.new_id("F"), name, length, alt_text)
        return {"upload_url": f"{self.base_url}/upload/{ticket}", "file_id": upload.file_id}

    def receive(self, ticket: str, content: bytes) -> bool:
        """The bytes of an announced upload; False when the length is not the announced one."""
        upload = self._uploads.get(ticket)
        if upload is None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def complete(self, file_id: str, title: str) -> File:
        """`files.completeUploadExternal` for one file. Raises `file_not_found`."""
        for ticket, upload in self._uploads.items():
            if upload.file_id == file_id and upload.content is not None:
                del self._uploads[ticket]
                bot = self._directory.app.bot_user_id
                created = int(self._directory.clock())
                file = File(file_id, bot, upload.name, upload.content, created)
                file.title = title or upload.name
                file.alt_text = upload.alt_text
                self._files[file_id] = file
                return file
        raise SlackError("file_not_found")

    def shown(self, file: File) -> Json:
        """The file object as payloads and answers carry it."""
        private = f"{self.base_url}/files-pri/{self._directory.team_id}-{file.id}"
        mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        ending = file.name.rpartition(".")[2].lower() if "." in file.name else "binary"
        public = [one for one in file.channel_ids if self._directory.channels[one].kind == "public"]
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": mimetype,
            **({"alt_txt": file.alt_text} if file.alt_text else {}),
            "filetype": ending,
            "pretty_type": ending.upper(),
            "user": file.user_id,
            "user_team": self._directory.team_id,
            "editable": False,
            "size": len(file.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(public),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{private}/{_slug(file.name)}",
            "url_private_download": f"{private}/download/{_slug(file.name)}",
            "permalink": f"{self.base_url}/files/{file.user_id}/{file.id}/{_slug(file.name)}",
            "channels": public,
            "groups": [],
            "ims": [],
            "has_rich_preview": False,
            "file_access": "visible",
        }

    def _readable(self, file: File) -> bool:
        bot = self._directory.app.bot_user_id
        channels = (self._directory.channels[one] for one in file.channel_ids)
        return file.form_given or file.user_id == bot or any(bot in one.members for one in channels)


def _slug(name: str) -> str:
    """A file's name as Slack writes it in links: plain letters, digits, points."""
    kept = "".join(one if one.isascii() and (one.isalnum() or one in ".-") else "_" for one in name)
    return kept.lower() or "file"
