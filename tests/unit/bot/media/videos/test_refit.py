"""Every kind of video made to play everywhere, in this process: real files in, files that play out."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from bot.media.errors import CannotFit
from bot.media.videos import refit as refitting
from bot.media.videos.inspecting import inspect_video
from bot.media.videos.refit import Fitted, refit
from tests.support.films import Film, edit, first_picture, moments, turn, with_box

ROOM = 10_485_760  # bytes
FILM = Film()
SOUND = FILM.but(sounds=("aac",))
UNEVEN = (0, 1, 2, 5, 6, 9, 10, 20, 21)

# Films whose pictures and sound are copied: their packets are the same ones.
COPIED = {
    "index at the end": SOUND.but(options={}),
    "fragments": SOUND.but(options={"movflags": "frag_keyframe+empty_moov"}),
    "QuickTime": SOUND.but(name="a.mov"),
    "Matroska": SOUND.but(name="a.mkv"),
    "Matroska with B-frames": SOUND.but(name="a.mkv", encoder={"preset": "medium", "bf": "3"}),
    "MPEG-TS": SOUND.but(name="a.ts"),
    "Flash": SOUND.but(name="a.flv"),
    "two tracks of pictures": FILM.but(pictures=2),
    "two tracks of sound": FILM.but(sounds=("aac", "aac")),
    "a cover": FILM.but(cover=True),
    "uneven moments in Matroska": FILM.but(name="a.mkv", moments=UNEVEN),
    "a shape of pixels": FILM.but(options={}, pixel_shape=Fraction(4, 3)),
}
# Films whose pictures are encoded anew.
ENCODED = {
    "HEVC": SOUND.but(codec="libx265"),
    "HEVC of 10 bits": FILM.but(codec="libx265", pixels="yuv420p10le"),
    "VP9": FILM.but(name="a.webm", codec="libvpx-vp9", sounds=("libopus",)),
    "VP9 in MP4": FILM.but(codec="libvpx-vp9"),
    "VP8": FILM.but(name="a.webm", codec="libvpx", sounds=("libopus",)),
    "AV1": FILM.but(codec="libsvtav1"),
    "H.264 of 10 bits": FILM.but(pixels="yuv420p10le"),
    "4:2:2": FILM.but(pixels="yuv422p"),
    "4:4:4": FILM.but(pixels="yuv444p"),
    "odd sides": FILM.but(pixels="yuv444p", size=(161, 97)),
    "RGB": FILM.but(codec="libx264rgb", pixels="rgb24"),
    "ProRes": FILM.but(name="a.mov", codec="prores_ks", pixels="yuv422p10le", sounds=("pcm_s16le",)),
    "ProRes with alpha": FILM.but(name="a.mov", codec="prores_ks", pixels="yuva444p10le"),
    "Motion JPEG": FILM.but(name="a.mov", codec="mjpeg", pixels="yuvj420p"),
    "PNG": FILM.but(name="a.mov", codec="png", pixels="rgb24"),
    "FFV1": FILM.but(name="a.mkv", codec="ffv1", pixels="yuv444p"),
    "MPEG-4 in AVI": FILM.but(name="a.avi", codec="mpeg4", sounds=("libmp3lame",)),
    "MPEG-2 in MPEG-TS": FILM.but(name="a.ts", codec="mpeg2video", sounds=("mp2",)),
    "MPEG-2 in a program stream": FILM.but(name="a.mpg", codec="mpeg2video", sounds=("mp2",), size=(320, 192)),
    "VP8 in Ogg": FILM.but(name="a.ogg", codec="libvpx", sounds=("libopus",)),
    "Windows Media": FILM.but(name="a.wmv", codec="wmv2"),
    "animated GIF": FILM.but(name="a.gif", codec="gif", pixels="gray"),
    "animated PNG": FILM.but(name="a.apng", codec="apng", pixels="rgb24"),
    "fields": FILM.but(interlaced=True),
    "uneven moments": FILM.but(codec="libx265", moments=UNEVEN),
    "a picture a second": FILM.but(codec="libx265", moments=(0, 12, 24, 36)),
    "a shape of pixels": FILM.but(codec="libx265", pixel_shape=Fraction(4, 3)),
}
# Films of which only the sound is encoded anew.
NEW_SOUND = {
    "PCM": FILM.but(name="a.mov", sounds=("pcm_s16le",)),
    "MP3": FILM.but(sounds=("libmp3lame",)),
    "Opus": FILM.but(sounds=("libopus",)),
    "FLAC": FILM.but(name="a.mkv", sounds=("flac",)),
    "AC-3 in six channels": FILM.but(sounds=("ac3",), channels="5.1"),
    "one channel": FILM.but(sounds=("alac",), channels="mono"),
}


def refitted(path: Path, room: int = ROOM) -> Fitted:
    folder = path.parent / "folder"
    folder.mkdir()
    return refit(path, folder, room)


def packets(path: Path, kind: str) -> list[bytes]:
    with av.open(path) as film:
        streams = film.streams.video if kind == "video" else film.streams.audio
        return [bytes(packet) for packet in film.demux(streams[0]) if packet.size] if streams else []


def nal_units(path: Path) -> list[bytes]:
    """Return the coded pictures, without what is between them: containers part them by lengths or by start codes."""
    return [packet[-32:] for packet in packets(path, "video")]


def difference(one: Image.Image, other: Image.Image) -> float:
    other = other.convert("RGB").resize(one.size)
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other)).mean)


def assert_plays(fitted: Fitted, source: Path) -> None:
    """Check that a file plays everywhere, and shows each picture when the source does."""
    facts = fitted.facts
    assert facts == inspect_video(fitted.path)
    assert (facts.plays, facts.codec, facts.container) == (True, "h264", "mov,mp4,m4a,3gp,3g2,mj2")
    before, after = moments(source), moments(fitted.path)
    assert [each - after[0] for each in after] == pytest.approx([each - before[0] for each in before], abs=0.002)
    with av.open(fitted.path) as film:
        assert [each.codec_context.name for each in film.streams] in (["h264"], ["h264", "aac"])
        assert film.streams.video[0].codec_context.pix_fmt == "yuv420p"


@pytest.mark.parametrize("case", COPIED)
def test_what_is_only_packed_otherwise_is_packed_anew_without_any_loss(tmp_path: Path, case: str) -> None:
    path = COPIED[case].write(tmp_path)
    assert not inspect_video(path).plays
    fitted = refitted(path)
    assert_plays(fitted, path)
    assert fitted.copied
    assert nal_units(fitted.path) == nal_units(path)
    assert len(packets(fitted.path, "audio")) == len(packets(path, "audio"))


@pytest.mark.parametrize("case", ENCODED)
def test_what_not_every_player_decodes_is_encoded_anew(tmp_path: Path, case: str) -> None:
    path = ENCODED[case].write(tmp_path)
    before = inspect_video(path)
    assert not before.plays
    fitted = refitted(path)
    assert_plays(fitted, path)
    assert not fitted.copied
    assert difference(first_picture(path), first_picture(fitted.path)) < 6
    sides = fitted.facts.width, fitted.facts.height
    assert sides == (before.width // 2 * 2, before.height // 2 * 2)
    assert fitted.facts.audio == before.audio


@pytest.mark.parametrize("case", NEW_SOUND)
def test_sound_that_not_every_player_has_leaves_the_pictures_as_they_are(tmp_path: Path, case: str) -> None:
    path = NEW_SOUND[case].write(tmp_path)
    assert not inspect_video(path).plays
    fitted = refitted(path)
    assert_plays(fitted, path)
    assert nal_units(fitted.path) == nal_units(path)
    with av.open(fitted.path) as film:
        [sound] = film.streams.audio
        assert sound.codec_context.name == "aac"
        assert float((sound.duration or 0) * (sound.time_base or 0)) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("film", [FILM, SOUND, FILM.but(moments=UNEVEN), FILM.but(pixel_shape=Fraction(4, 3))])
def test_what_plays_everywhere_is_known_to(tmp_path: Path, film: Film) -> None:
    assert inspect_video(film.write(tmp_path)).plays


def test_the_name_does_not_decide(tmp_path: Path) -> None:
    path = ENCODED["VP9"].write(tmp_path)
    renamed = path.rename(tmp_path / "a.mp4")
    assert not inspect_video(renamed).plays
    assert_plays(refitted(renamed), renamed)


@pytest.mark.parametrize(
    ("matrix", "method"),
    [
        ((0, 1, -1, 0), Image.Transpose.ROTATE_270),
        ((-1, 0, 0, -1), Image.Transpose.ROTATE_180),
        ((0, -1, 1, 0), Image.Transpose.ROTATE_90),
        ((-1, 0, 0, 1), Image.Transpose.FLIP_LEFT_RIGHT),
        ((1, 0, 0, -1), Image.Transpose.FLIP_TOP_BOTTOM),
        ((0, 1, 1, 0), Image.Transpose.TRANSPOSE),
        ((0, -1, -1, 0), Image.Transpose.TRANSVERSE),
    ],
)
def test_what_players_turn_or_mirror_is_made_so(
    tmp_path: Path, matrix: tuple[int, int, int, int], method: Image.Transpose
) -> None:
    path = turn(FILM.but(pixel_shape=Fraction(4, 3)).write(tmp_path), matrix)
    assert not inspect_video(path).plays
    fitted = refitted(path)
    assert_plays(fitted, path)
    shown = first_picture(path).transpose(method)
    assert (fitted.facts.width, fitted.facts.height) == shown.size
    assert difference(first_picture(fitted.path), shown) < 6
    is_on_its_side = shown.size != FILM.size
    assert pixel_shape(fitted.path) == (Fraction(3, 4) if is_on_its_side else Fraction(4, 3))


def pixel_shape(path: Path) -> Fraction | None:
    with av.open(path) as film:
        return film.streams.video[0].sample_aspect_ratio


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
@pytest.mark.parametrize("shape", [Fraction(4, 3), Fraction(8, 9)])
def test_the_shape_of_pixels_is_kept(tmp_path: Path, codec: str, shape: Fraction) -> None:
    path = FILM.but(codec=codec, pixel_shape=shape, options={}).write(tmp_path)
    assert pixel_shape(refitted(path).path) == shape


def test_the_shape_of_pixels_is_kept_where_bits_run_out(tmp_path: Path) -> None:
    path = FILM.but(codec="mpeg4", size=(640, 360), pixel_shape=Fraction(4, 3), moments=range(120)).write(tmp_path)
    fitted = refitted(path, 24_000)
    assert fitted.facts.width < 640
    assert pixel_shape(fitted.path) == Fraction(4, 3)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([(1_000, 0)], 12),
        ([(500, -1), (1_000, 0)], 12),  # it begins later
        ([(500, 0)], 6),  # its second half is taken out
        ([(250, 0), (500, 6_144)], 9),  # so is its middle
    ],
)
def test_what_an_edit_list_takes_out_is_out(tmp_path: Path, rows: list[tuple[int, int]], left: int) -> None:
    path = edit(FILM.but(options={}, encoder={"bf": "0"}).write(tmp_path), *rows)
    fitted = refitted(path)
    assert fitted.facts.plays
    assert len(moments(fitted.path)) == left
    assert fitted.copied == (left == 12)


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
def test_hdr_is_toned_down(tmp_path: Path, transfer: int) -> None:
    path = FILM.but(codec="libx265", pixels="yuv420p10le", colors=(9, transfer, 9), moments=(0, 1)).write(tmp_path)
    fitted = refitted(path)
    assert_plays(fitted, path)
    with av.open(fitted.path) as film:
        decoder = film.streams.video[0].codec_context
        assert (decoder.color_primaries, decoder.color_trc, decoder.colorspace) == (1, 1, 1)
    # A signal of 71% is over 500 cd/m² in PQ, and some 170 in HLG: what was bright stays so without being cut off.
    bright = first_picture(fitted.path).convert("L").getpixel((10, 90))
    assert isinstance(bright, int)
    assert 150 < bright < 235
    assert bright != pytest.approx(180, abs=2)  # as it would be if its numbers were only called others


def test_tags_and_comments_are_carried_over_with_a_mark(tmp_path: Path) -> None:
    label = '{"Label":"1","ContentProducer":"a model","ProduceID":"7"}'
    tags = {"comment": "made by a model", "AIGC": label, "title": "A fox"}
    for film in (
        FILM.but(codec="libx265", tags=tags, options={"movflags": "use_metadata_tags"}),
        FILM.but(options={"movflags": "use_metadata_tags"}, tags=tags),
        FILM.but(name="a.mkv", tags=tags),
    ):
        folder = tmp_path / f"{film.name}-{film.codec}"
        folder.mkdir()
        with av.open(refitted(film.write(folder)).path) as fitted:
            carried = fitted.metadata
        assert {key: carried.get(key) for key in tags} == tags
        assert carried["description"] == "Made with AI"


def test_a_manifest_goes_with_the_bytes_that_it_signs(tmp_path: Path) -> None:
    manifest = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"jumb c2pa manifest"
    path = with_box(FILM.but(codec="libx265").write(tmp_path), b"uuid", manifest)
    content = refitted(path).path.read_bytes()
    assert manifest[:16] not in content
    assert b"jumb" not in content
    assert b"Made with AI" in content


@pytest.mark.parametrize("film", [FILM.but(codec="libx265"), FILM.but(options={})])
def test_notes_that_an_ai_made_it_are_carried_over(tmp_path: Path, film: Film) -> None:
    packet = b"<x:xmpmeta>trainedAlgorithmicMedia</x:xmpmeta>"
    path = with_box(film.write(tmp_path), b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + packet)
    fitted = refitted(path)
    assert_plays(fitted, path)
    assert fitted.path.read_bytes().endswith(packet)


def test_a_file_with_a_manifest_that_plays_is_posted_as_it_is(tmp_path: Path) -> None:
    manifest = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(64)
    assert inspect_video(with_box(FILM.write(tmp_path), b"uuid", manifest)).plays


def test_a_copy_that_cannot_be_written_is_encoded_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = FILM.but(options={}).write(tmp_path)
    copier = refitting._picture_copier

    def failing(*arguments: object) -> object:
        copier(*arguments)  # type: ignore[arg-type]
        raise ValueError

    monkeypatch.setattr(refitting, "_picture_copier", failing)
    fitted = refitted(path)
    assert_plays(fitted, path)
    assert not fitted.copied


def test_what_comes_out_too_large_is_encoded_with_fewer_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refitting, "SURE", 0.5)
    path = FILM.but(size=(320, 192), moments=range(48), codec="mpeg4", encoder={"b": "4000000"}).write(tmp_path)
    assert refitted(path, 16_000).facts.size <= 16_000


def test_so_little_room_that_the_index_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotFit):
        refitted(FILM.but(codec="libx265").write(tmp_path), 4_000)
