/* SPDX-License-Identifier: ISC */
/* Buffers, at their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/ibuf.h"

static const uint8_t	octets[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void
numbers_are_read_in_network_order(void **state)
{
	struct ibuf buf;
	uint8_t n8;
	uint16_t n16;
	uint32_t n32;

	(void)state;
	ibuf_from(&buf, octets, sizeof(octets));
	assert_int_equal(ibuf_get_n8(&buf, &n8), 0);
	assert_int_equal(n8, 1);
	assert_int_equal(ibuf_get_n16(&buf, &n16), 0);
	assert_int_equal(n16, 0x0203);
	assert_int_equal(ibuf_get_n32(&buf, &n32), 0);
	assert_int_equal(n32, 0x04050607);
	assert_int_equal(ibuf_left(&buf), 1);
	assert_int_equal(*ibuf_peek(&buf), 8);
}

/* A read of more than is left fails and moves nothing. */
static void
reading_too_much_changes_nothing(void **state)
{
	uint8_t into[8], n8 = 0;
	uint16_t n16 = 0;
	uint32_t n32 = 0;
	struct ibuf buf, sub = { 0 };
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(octets); len++) {
		ibuf_from(&buf, octets, len);
		memset(into, 0, sizeof(into));
		assert_int_equal(ibuf_get(&buf, into, len + 1), -1);
		assert_int_equal(into[0], 0);
		assert_int_equal(ibuf_skip(&buf, len + 1), -1);
		assert_int_equal(ibuf_skip(&buf, SIZE_MAX), -1);
		assert_int_equal(ibuf_get_ibuf(&buf, len + 1, &sub), -1);
		assert_null(sub.data);
		assert_int_equal(ibuf_get_n8(&buf, &n8), len < 1 ? -1 : 0);
		buf.rpos = 0;
		assert_int_equal(ibuf_get_n16(&buf, &n16), len < 2 ? -1 : 0);
		buf.rpos = 0;
		assert_int_equal(ibuf_get_n32(&buf, &n32), len < 4 ? -1 : 0);
		assert_int_equal(buf.rpos, len < 4 ? 0 : 4);
	}
}

static void
a_view_of_a_part_ends_with_the_part(void **state)
{
	struct ibuf buf, sub;
	uint8_t n8;
	uint32_t n32;

	(void)state;
	ibuf_from(&buf, octets, sizeof(octets));
	ibuf_skip(&buf, 1);
	assert_int_equal(ibuf_get_ibuf(&buf, 3, &sub), 0);
	assert_int_equal(ibuf_left(&sub), 3);
	assert_int_equal(ibuf_get_n32(&sub, &n32), -1);
	assert_int_equal(ibuf_get_n8(&sub, &n8), 0);
	assert_int_equal(n8, 2);
	assert_int_equal(ibuf_get_n8(&buf, &n8), 0);
	assert_int_equal(n8, 5);
	assert_int_equal(ibuf_add_n8(&sub, 9), -1);
}

static void
what_is_written_reads_back(void **state)
{
	static const uint8_t want[] = {
		0xab, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0, 0, 1, 2
	};
	uint8_t space[sizeof(want)];
	struct ibuf buf;

	(void)state;
	memset(space, 0xff, sizeof(space));
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(ibuf_add_n8(&buf, 0xab), 0);
	assert_int_equal(ibuf_add_n16(&buf, 0x1234), 0);
	assert_int_equal(ibuf_add_n32(&buf, 0xdeadbeef), 0);
	assert_int_equal(ibuf_add_zero(&buf, 2), 0);
	assert_int_equal(ibuf_add(&buf, octets, 2), 0);
	assert_int_equal(ibuf_len(&buf), sizeof(want));
	assert_memory_equal(space, want, sizeof(want));
	assert_int_equal(ibuf_left(&buf), sizeof(want));
}

static void
writing_too_much_changes_nothing(void **state)
{
	uint8_t space[4] = { 9, 9, 9, 9 };
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, space, 3);
	assert_int_equal(ibuf_add_n32(&buf, 1), -1);
	assert_int_equal(ibuf_add_zero(&buf, 4), -1);
	assert_int_equal(ibuf_add_zero(&buf, SIZE_MAX), -1);
	assert_int_equal(ibuf_add(&buf, octets, 4), -1);
	assert_int_equal(ibuf_len(&buf), 0);
	assert_int_equal(ibuf_room(&buf), 3);
	assert_int_equal(ibuf_add_n16(&buf, 1), 0);
	assert_int_equal(ibuf_add_n16(&buf, 1), -1);
	assert_int_equal(ibuf_add_n8(&buf, 2), 0);
	assert_int_equal(ibuf_add_n8(&buf, 2), -1);
	assert_int_equal(space[3], 9);
}

static void
only_what_was_written_can_be_overwritten(void **state)
{
	uint8_t space[4] = { 0 };
	struct ibuf buf;

	(void)state;
	ibuf_to(&buf, space, sizeof(space));
	assert_int_equal(ibuf_set_n8(&buf, 0, 1), -1);
	assert_int_equal(ibuf_set_n16(&buf, 0, 1), -1);
	ibuf_add_zero(&buf, 3);
	assert_int_equal(ibuf_set_n16(&buf, 1, 0x0102), 0);
	assert_int_equal(ibuf_set_n16(&buf, 2, 0x0304), -1);
	assert_int_equal(ibuf_set_n16(&buf, SIZE_MAX, 0x0304), -1);
	assert_int_equal(ibuf_set_n8(&buf, 0, 7), 0);
	assert_int_equal(ibuf_set_n8(&buf, 3, 7), -1);
	assert_memory_equal(space, "\7\1\2\0", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_in_network_order),
		cmocka_unit_test(reading_too_much_changes_nothing),
		cmocka_unit_test(a_view_of_a_part_ends_with_the_part),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(writing_too_much_changes_nothing),
		cmocka_unit_test(only_what_was_written_can_be_overwritten)
	};

	return cmocka_run_group_tests_name("ibuf", tests, NULL, NULL);
}
