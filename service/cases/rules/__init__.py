"""The rules of a case: vocabulary, fold, decisions, counting. Pure: values in, values out."""
