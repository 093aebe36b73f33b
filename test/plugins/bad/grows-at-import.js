const kept = [];
for (;;) {
  for (let i = 0; i < 100; i++) kept.push(new Array(1000).fill(i));
  await null;
}
