/* SPDX-License-Identifier: ISC */
/* What a client of the control socket asks for, before others see it. */
#ifndef SROAMD_REQUEST_H
#define SROAMD_REQUEST_H

#include <stdint.h>

#include "ipc/ipc.h"

/*
 * We are responsible for messages to siblings: check a request's fields, and
 * clear those that have no meaning for this type.  NULL, or what is wrong.
 */
const char	*request_check(uint32_t type, struct ctl_request *);
/* What would end a sibling that gets it (ipc_check): NULL, or what is wrong. */
const char	*request_unfit(const struct ipc_ctl *);
#endif
