/* What the files of value_inputs share. Thread: W. */
#ifndef PF_STORE_VALUE_INPUTS_INTERNAL_H
#define PF_STORE_VALUE_INPUTS_INTERNAL_H

#include "store/db_array.h"
#include "store/entity.h"
#include "store/value_inputs.h"

/* Zeroed, with room for one more; freed with the inputs. */
void *value_inputs_allocate(struct value_inputs *inputs, size_t n, size_t size);
/* The symbols of holdings[first, first + n) as an array parameter: finished, in array->text. */
PF_MUST_CHECK enum status value_inputs_symbols(const struct value_inputs *inputs, size_t first, size_t n,
                                               struct db_array *array);
/* NULL: none of the holdings has it. */
struct input_holding *value_inputs_find(struct value_inputs *inputs, const char *symbol);

#endif
