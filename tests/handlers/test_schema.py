from __future__ import annotations

from tests.house import House


async def test_fields_come_page_by_page_with_when_they_are_mandatory(house: House) -> None:
    dana = house.guest("dana")
    said = await dana.types("/bcdc schema resource")
    assert "Fields of a resource" in said
    assert "Yes, when Type is Geographic" in said
    await dana.presses("bcdc:page:next")
    assert "16–" in dana.reads()


async def test_one_field_is_explained_with_its_choices(house: House) -> None:
    said = await house.guest("dana").types("/bcdc schema resource bcdc_type")
    assert "4 choices" in said
    assert "(geographic)" in said
    assert "a resource" in said


async def test_choices_that_the_schema_leaves_to_the_server_are_told(house: House) -> None:
    dana = house.guest("dana")
    assert "Access Only (22)" in await dana.types("/bcdc schema package license_id")
    assert "Information Management - CFD" in await dana.types("/bcdc schema package owner_org")


async def test_a_field_is_found_by_its_label_in_both_kinds(house: House) -> None:
    said = await house.guest("dana").types("/bcdc schema Resource Storage Format")
    assert "format" in said
    assert "29 choices" in said


async def test_the_parts_of_a_composite_are_told(house: House) -> None:
    said = await house.guest("dana").types("/bcdc schema package contacts")
    assert "email" in said
    assert "role" in said


async def test_an_unknown_field_is_told_with_what_is_near(house: House) -> None:
    said = await house.guest("dana").types("/bcdc schema package licens")
    assert "There is no field “licens”. Did you mean license_id?" in said
    said = await house.guest("dana").types("/bcdc schema resource frmat")
    assert "There is no field “frmat”. Did you mean format?" in said
    assert "Type /bcdc schema" in await house.guest("dana").types("/bcdc schema resource zzz")


async def test_the_schema_outlives_its_catalogue(house: House, catalogue: object) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc schema package title")
    house.bot._caches.schemas.forget("test")  # noqa: SLF001  # as after ten minutes
    await catalogue.stop()  # type: ignore[attr-defined]  # the sandbox's
    said = await dana.types("/bcdc schema package title")
    assert "Mandatory" in said
    assert "1 minute ago" in said


async def test_a_field_is_explained_without_its_choices_while_nobody_knows_them(
    house: House, catalogue: object
) -> None:
    dana = house.guest("dana")
    await dana.types("/bcdc schema package title")
    await catalogue.stop()  # type: ignore[attr-defined]  # the sandbox's
    assert "Mandatory" in await dana.types("/bcdc schema package license_id")
