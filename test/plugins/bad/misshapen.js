export default {
  name: 'Mis Shapen',
  colours: {},
  scorers: { a: { create() {} }, 'B C': {}, c: { summary: 'c', create: 1, options: {} } },
  filters: 3,
};
