BEGIN TRANSACTION;
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password TEXT NOT NULL,
    epoch BIGINT NOT NULL CHECK (epoch >= 1),
    created_at_us BIGINT NOT NULL,
    changed_at_us BIGINT NOT NULL
);
CREATE TABLE alert (
    fingerprint INTEGER NOT NULL UNIQUE,
    alert_key INTEGER NOT NULL,
    source TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    poll TEXT NOT NULL,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
    status INTEGER NOT NULL CHECK (status IN (1, 2)),
    inferred INTEGER NOT NULL CHECK (inferred IN (0, 1)),
    starts_at_us INTEGER NOT NULL,
    ends_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    said_at_us INTEGER NOT NULL,
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL
);
INSERT INTO "alert" VALUES(1908527044170583815,1908527044170583815,'prometheus','','',1,2,0,1795797634639242,1795797651446602,0,1795797651447575,'CheckoutDown','','{"alertname":"CheckoutDown","instance":"a","severity":"P1","team":"shop"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(6305121835726201832,6305121835726201832,'prometheus','','',1,1,0,1795797634683156,0,1795797934687838,1795797634687838,'CheckoutDown','','{"alertname":"CheckoutDown","instance":"b","severity":"P1","team":"shop"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-6804501476227481631,-6804501476227481631,'prometheus','','',2,1,0,1795797634756792,0,1795797934759610,1795797634759610,'DiskFull','','{"alertname":"DiskFull","instance":"c","severity":"P2"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-4542517866250798590,-4542517866250798590,'prometheus','','',3,1,0,1795797634826610,0,1795797934827412,1795797634827412,'BelowLevel','','{"alertname":"BelowLevel","instance":"d","severity":"P3"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-5008861793738985980,-5008861793738985980,'prometheus','','',1,1,0,1795797634910325,0,1795797934913881,1795797634913881,'HeldBack','','{"alertname":"HeldBack","severity":"P1","team":"slow"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(4871472863259503336,4871472863259503336,'prometheus','','',2,2,0,1795797634958412,1795797644598267,0,1795797644603711,'CameAndWent','','{"alertname":"CameAndWent","instance":"e","severity":"P2"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-5973332841446870432,-5973332841446870432,'prometheus','','',2,1,0,1795797634987408,0,1795797934988458,1795797634988458,'ClosedByPerson','','{"alertname":"ClosedByPerson","instance":"f","severity":"P2"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-8659824622717513195,-8659824622717513195,'prometheus','','',2,1,0,1795797635023128,0,1795797935025241,1795797635025241,'Flood1','','{"alertname":"Flood1","severity":"P2","team":"flood"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-3040659295709604140,-3040659295709604140,'prometheus','','',2,1,0,1795797635067225,0,1795797935068294,1795797635068294,'Flood2','','{"alertname":"Flood2","severity":"P2","team":"flood"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(4763207316722089307,4763207316722089307,'prometheus','','',2,1,0,1795797635107220,0,1795797935110476,1795797635110476,'Flood3','','{"alertname":"Flood3","severity":"P2","team":"flood"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(405715513118555730,405715513118555730,'prometheus','','',2,1,0,1795797635155900,0,1795797935156928,1795797635156928,'Flood4','','{"alertname":"Flood4","severity":"P2","team":"flood"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(-6823314730413914767,-6823314730413914767,'prometheus','','',2,1,0,1795797635203372,0,1795797935213153,1795797635213153,'Flood5','','{"alertname":"Flood5","severity":"P2","team":"flood"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(6296843921051073584,6296843921051073584,'prometheus','','',2,1,0,1795797635268849,0,1795797935270257,1795797635270257,'Flood6','','{"alertname":"Flood6","severity":"P2","team":"flood"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(5795736583548800299,5795736583548800299,'prometheus','','',1,1,0,1795797635370755,0,1795797935371881,1795797635371881,'Muted','','{"alertname":"Muted","severity":"P1"}','{"summary":"A test alert sent by docket send."}');
INSERT INTO "alert" VALUES(7355200595595678084,7355200595595678084,'alertmanager','','',1,1,0,1795773600000000,0,0,1795797635418319,'StaysFiring','http://prom.example.org/g','{"alertname":"StaysFiring","severity":"critical","team":"infra"}','{"runbook_url":"https://example.org/r","summary":"It is wrong, <b>really</b>"}');
INSERT INTO "alert" VALUES(2657865462696031716,2657865462696031716,'alertmanager','','',1,1,0,1795797651000000,0,0,1795797651420699,'FiresAgain','http://prom.example.org/g','{"alertname":"FiresAgain","severity":"critical","team":"infra"}','{"runbook_url":"https://example.org/r","summary":"It is wrong, <b>really</b>"}');
INSERT INTO "alert" VALUES(-1772126918812227524,5481699663777466805,'status','','',2,1,0,1795797635318250,0,1795797939318799,1795797636318799,'Checkout is down','https://example.org/runbook','{"alertname":"Checkout","surface":"checkout"}','{"summary":"the connection was refused by 127.0.0.1:9"}');
INSERT INTO "alert" VALUES(7693949612477997283,7693949612477997283,'alertmanager','','',1,1,0,1795773600000000,0,0,1795797659844536,'PendingAtKill','http://prom.example.org/g','{"alertname":"PendingAtKill","severity":"critical","team":"infra"}','{"runbook_url":"https://example.org/r","summary":"It is wrong, <b>really</b>"}');
CREATE TABLE api_token (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at_us BIGINT NOT NULL
);
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_id INTEGER NOT NULL,
    hash TEXT NOT NULL
, switched INTEGER NOT NULL DEFAULT 0);
INSERT INTO "audit_head" VALUES(1,98,'01b103489414d73314cd635ef812bf00a52b2b645b0a76fba3dbd5d9805abdb9',4);
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY CHECK (id >= 1),
    created_at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO "audit_log" VALUES(1,'2026-11-27 16:40:34.641443','system','docket','console.alerts.accepted','{"ticket_asked":["1a7c733c20038f07.1"]}','','5c0b78917c3fee004ebf0ccba3e1e0aabceccddb652855179f787b54ce39f410');
INSERT INTO "audit_log" VALUES(2,'2026-11-27 16:40:34.641443','system','docket','console.tickets.asked','{"alert_key":"1a7c733c20038f07","effect":"file/1a7c733c20038f07.1","kind":"file","mark":"1a7c733c20038f07.1","reason":"ticket_asked"}','5c0b78917c3fee004ebf0ccba3e1e0aabceccddb652855179f787b54ce39f410','8b404c8e73b4f6966754e0a19bbb38794958bb889fd021fefd16e2bd6ed64f7c');
INSERT INTO "audit_log" VALUES(3,'2026-11-27 16:40:34.689015','system','docket','console.alerts.accepted','{"ticket_asked":["57804ae75404e3e8.1"]}','8b404c8e73b4f6966754e0a19bbb38794958bb889fd021fefd16e2bd6ed64f7c','fd7beceda0a161c070bd01d0ff2372059efc1e4289e550c18eb2a1134b0cc768');
INSERT INTO "audit_log" VALUES(4,'2026-11-27 16:40:34.689015','system','docket','console.tickets.asked','{"alert_key":"57804ae75404e3e8","effect":"file/57804ae75404e3e8.1","kind":"file","mark":"57804ae75404e3e8.1","reason":"ticket_asked"}','fd7beceda0a161c070bd01d0ff2372059efc1e4289e550c18eb2a1134b0cc768','dd5c67e76c1b492c99ba582b14d9ec459e7b95dcd9ac91b2acf7f610521b1cd9');
INSERT INTO "audit_log" VALUES(5,'2026-11-27 16:40:34.736108','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"1a7c733c20038f07.1","message":"1a7c733c20038f07.1/webhook:pager/pager","notice":"1a7c733c20038f07.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','dd5c67e76c1b492c99ba582b14d9ec459e7b95dcd9ac91b2acf7f610521b1cd9','ced704422a2d838c352b20b2377114fb85f0373c90ea9882217da7a88aa224bc');
INSERT INTO "audit_log" VALUES(6,'2026-11-27 16:40:34.744182','system','docket','console.tickets.asked','{"alert_key":"1a7c733c20038f07","effect":"tag/1a7c733c20038f07.1","kind":"tag","mark":"1a7c733c20038f07.1","reason":"ticket_filed"}','ced704422a2d838c352b20b2377114fb85f0373c90ea9882217da7a88aa224bc','d7bbf47eb745dbbd464d5992f0aba498486a3b5188f646772330e43be78be679');
INSERT INTO "audit_log" VALUES(7,'2026-11-27 16:40:34.744182','system','docket','console.alerts.ticket_filed','{"alert_key":"1a7c733c20038f07","attempts":1,"desk":"local","mark":"1a7c733c20038f07.1","severity":"P1","ticket_id":"1","ticket_number":"1","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/1","title":"CheckoutDown"}','d7bbf47eb745dbbd464d5992f0aba498486a3b5188f646772330e43be78be679','3872dfcca899daad580ca20898cbb30704d8fd6a67dc07235db51317d4aa4fac');
INSERT INTO "audit_log" VALUES(8,'2026-11-27 16:40:34.759685','system','docket','console.alerts.accepted','{"ticket_asked":["a1918df58bd6ffe1.1"]}','3872dfcca899daad580ca20898cbb30704d8fd6a67dc07235db51317d4aa4fac','038f9043f663996e1a1a9f5c895a3d01c5ac545c2829429a1acd978786f2bdb1');
INSERT INTO "audit_log" VALUES(9,'2026-11-27 16:40:34.759685','system','docket','console.tickets.asked','{"alert_key":"a1918df58bd6ffe1","effect":"file/a1918df58bd6ffe1.1","kind":"file","mark":"a1918df58bd6ffe1.1","reason":"ticket_asked"}','038f9043f663996e1a1a9f5c895a3d01c5ac545c2829429a1acd978786f2bdb1','8cf2dded3c47f923d812edb65b7912646a38d28df9400d65ef49a9cc48650eff');
INSERT INTO "audit_log" VALUES(10,'2026-11-27 16:40:34.809517','system','docket','console.tickets.asked','{"alert_key":"57804ae75404e3e8","effect":"tag/57804ae75404e3e8.1","kind":"tag","mark":"57804ae75404e3e8.1","reason":"ticket_filed"}','8cf2dded3c47f923d812edb65b7912646a38d28df9400d65ef49a9cc48650eff','9a06817f2b9bc811dac4eb14fc6005bdcd1f1483a496497a264fdd721a1cd892');
INSERT INTO "audit_log" VALUES(11,'2026-11-27 16:40:34.809517','system','docket','console.alerts.ticket_filed','{"alert_key":"57804ae75404e3e8","attempts":1,"desk":"local","mark":"57804ae75404e3e8.1","severity":"P1","ticket_id":"2","ticket_number":"2","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/2","title":"CheckoutDown"}','9a06817f2b9bc811dac4eb14fc6005bdcd1f1483a496497a264fdd721a1cd892','b6c44c3c326b7d9bf763c6b3bc3568d3d6c9b7af352f5dc51957acd8a6071f75');
INSERT INTO "audit_log" VALUES(12,'2026-11-27 16:40:34.828202','system','docket','console.alerts.accepted','{"below_ticket_at":["c0f5bc1164417a02.1"]}','b6c44c3c326b7d9bf763c6b3bc3568d3d6c9b7af352f5dc51957acd8a6071f75','43d5089b0553b4f9093c4a80ff1a01dc4e292de0a306f4d6e67149600fb209d9');
INSERT INTO "audit_log" VALUES(13,'2026-11-27 16:40:34.830702','system','docket','console.tickets.asked','{"alert_key":"a1918df58bd6ffe1","effect":"tag/a1918df58bd6ffe1.1","kind":"tag","mark":"a1918df58bd6ffe1.1","reason":"ticket_filed"}','43d5089b0553b4f9093c4a80ff1a01dc4e292de0a306f4d6e67149600fb209d9','92e58337f9fb24da64ea48df381c2bfeff2368889e7bbd0f12c3d17acb5d48b9');
INSERT INTO "audit_log" VALUES(14,'2026-11-27 16:40:34.830702','system','docket','console.alerts.ticket_filed','{"alert_key":"a1918df58bd6ffe1","attempts":1,"desk":"local","mark":"a1918df58bd6ffe1.1","severity":"P2","ticket_id":"3","ticket_number":"3","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/3","title":"DiskFull"}','92e58337f9fb24da64ea48df381c2bfeff2368889e7bbd0f12c3d17acb5d48b9','df0398b0b14fb6627478ebf04a7021eb60bd8833f30b3d053bd23c74215214e9');
INSERT INTO "audit_log" VALUES(15,'2026-11-27 16:40:34.913962','system','docket','console.alerts.accepted','{"held":["ba7cf2bc97296e04.1"]}','df0398b0b14fb6627478ebf04a7021eb60bd8833f30b3d053bd23c74215214e9','959512256bb1a2b785ed5990c8716f2cb1f0c62b40039abe1dbef8e92a8ed6ba');
INSERT INTO "audit_log" VALUES(16,'2026-11-27 16:40:34.960817','system','docket','console.alerts.accepted','{"ticket_asked":["439af2c24b89aae8.1"]}','959512256bb1a2b785ed5990c8716f2cb1f0c62b40039abe1dbef8e92a8ed6ba','59af175d91643166a1ae9753d19b8309abbb49d54c6372f5099ce3de419ba923');
INSERT INTO "audit_log" VALUES(17,'2026-11-27 16:40:34.960817','system','docket','console.tickets.asked','{"alert_key":"439af2c24b89aae8","effect":"file/439af2c24b89aae8.1","kind":"file","mark":"439af2c24b89aae8.1","reason":"ticket_asked"}','59af175d91643166a1ae9753d19b8309abbb49d54c6372f5099ce3de419ba923','192327666ccef686655d1dd2447ebac4dbf0e81bead0270765fd5686128709ca');
INSERT INTO "audit_log" VALUES(18,'2026-11-27 16:40:34.981716','system','docket','console.tickets.asked','{"alert_key":"439af2c24b89aae8","effect":"tag/439af2c24b89aae8.1","kind":"tag","mark":"439af2c24b89aae8.1","reason":"ticket_filed"}','192327666ccef686655d1dd2447ebac4dbf0e81bead0270765fd5686128709ca','f42960e3602c75fcb59d8e044a139cdd93b3d30bfd1009fc3783ddb307872e3c');
INSERT INTO "audit_log" VALUES(19,'2026-11-27 16:40:34.981716','system','docket','console.alerts.ticket_filed','{"alert_key":"439af2c24b89aae8","attempts":1,"desk":"local","mark":"439af2c24b89aae8.1","severity":"P2","ticket_id":"4","ticket_number":"4","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/4","title":"CameAndWent"}','f42960e3602c75fcb59d8e044a139cdd93b3d30bfd1009fc3783ddb307872e3c','51d306a4dc745e9ae5c994071ddb33e9410a62a0e17a5c2e5973cdec3724522d');
INSERT INTO "audit_log" VALUES(20,'2026-11-27 16:40:34.988543','system','docket','console.alerts.accepted','{"ticket_asked":["ad1a756dc4627260.1"]}','51d306a4dc745e9ae5c994071ddb33e9410a62a0e17a5c2e5973cdec3724522d','9a36aedcbc953f07c47fa12359407951f9ffbecae27989bf51948c0b1ce87367');
INSERT INTO "audit_log" VALUES(21,'2026-11-27 16:40:34.988543','system','docket','console.tickets.asked','{"alert_key":"ad1a756dc4627260","effect":"file/ad1a756dc4627260.1","kind":"file","mark":"ad1a756dc4627260.1","reason":"ticket_asked"}','9a36aedcbc953f07c47fa12359407951f9ffbecae27989bf51948c0b1ce87367','a926ec4a8789a17a1ad5d8d96060ea1606fe4a803394fe1b91a9a9e708a3cf44');
INSERT INTO "audit_log" VALUES(22,'2026-11-27 16:40:35.014399','system','docket','console.tickets.asked','{"alert_key":"ad1a756dc4627260","effect":"tag/ad1a756dc4627260.1","kind":"tag","mark":"ad1a756dc4627260.1","reason":"ticket_filed"}','a926ec4a8789a17a1ad5d8d96060ea1606fe4a803394fe1b91a9a9e708a3cf44','3cf37d8828ab707101302d65a2618729576ac779ac0ee3cfe7e9a05224e814b4');
INSERT INTO "audit_log" VALUES(23,'2026-11-27 16:40:35.014399','system','docket','console.alerts.ticket_filed','{"alert_key":"ad1a756dc4627260","attempts":1,"desk":"local","mark":"ad1a756dc4627260.1","severity":"P2","ticket_id":"5","ticket_number":"5","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/5","title":"ClosedByPerson"}','3cf37d8828ab707101302d65a2618729576ac779ac0ee3cfe7e9a05224e814b4','da7b755c7e3d6fc153ad88d13e64b9fbc6f53caf237a7bd602d68b31d75593cd');
INSERT INTO "audit_log" VALUES(24,'2026-11-27 16:40:35.025309','system','docket','console.alerts.accepted','{"ticket_asked":["87d21f6329bdd215.1"]}','da7b755c7e3d6fc153ad88d13e64b9fbc6f53caf237a7bd602d68b31d75593cd','23c01f53456e43a2566dc69d0d2e52760e6720e5d4da063f8cdf3c4d35f78d58');
INSERT INTO "audit_log" VALUES(25,'2026-11-27 16:40:35.025309','system','docket','console.tickets.asked','{"alert_key":"87d21f6329bdd215","effect":"file/87d21f6329bdd215.1","kind":"file","mark":"87d21f6329bdd215.1","reason":"ticket_asked"}','23c01f53456e43a2566dc69d0d2e52760e6720e5d4da063f8cdf3c4d35f78d58','dc7342646225f9ea45e6ade3c6b83886c65e2de5d54a913eac3e7d66fb4da0fd');
INSERT INTO "audit_log" VALUES(26,'2026-11-27 16:40:35.072507','system','docket','console.alerts.accepted','{"ticket_asked":["d5cd687b0c3d56d4.1"]}','dc7342646225f9ea45e6ade3c6b83886c65e2de5d54a913eac3e7d66fb4da0fd','61f57b9e61fb7edf41e1e741cb15ba37cb4a24751fd55c8ea3a8da7dd3719d20');
INSERT INTO "audit_log" VALUES(27,'2026-11-27 16:40:35.072507','system','docket','console.tickets.asked','{"alert_key":"d5cd687b0c3d56d4","effect":"file/d5cd687b0c3d56d4.1","kind":"file","mark":"d5cd687b0c3d56d4.1","reason":"ticket_asked"}','61f57b9e61fb7edf41e1e741cb15ba37cb4a24751fd55c8ea3a8da7dd3719d20','d5df97cd663ede55d6b1cc74ba250247e5f424533d134b7d5aa91df83c98292c');
INSERT INTO "audit_log" VALUES(28,'2026-11-27 16:40:35.100062','system','docket','console.tickets.asked','{"alert_key":"87d21f6329bdd215","effect":"tag/87d21f6329bdd215.1","kind":"tag","mark":"87d21f6329bdd215.1","reason":"ticket_filed"}','d5df97cd663ede55d6b1cc74ba250247e5f424533d134b7d5aa91df83c98292c','746897a1d8bb6e4a9bbff9820847043c14614b36baae1a31171759bc970c38c8');
INSERT INTO "audit_log" VALUES(29,'2026-11-27 16:40:35.100062','system','docket','console.alerts.ticket_filed','{"alert_key":"87d21f6329bdd215","attempts":1,"desk":"local","mark":"87d21f6329bdd215.1","severity":"P2","ticket_id":"6","ticket_number":"6","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/6","title":"Flood1"}','746897a1d8bb6e4a9bbff9820847043c14614b36baae1a31171759bc970c38c8','2736033d9b000bada1525329567a166ce67e9dacb29e77400179c729252b4758');
INSERT INTO "audit_log" VALUES(30,'2026-11-27 16:40:35.112862','system','docket','console.alerts.accepted','{"gathering":["b7fe1b144af935e6.1"],"storm":["421a4fd168c2fd5b.1"]}','2736033d9b000bada1525329567a166ce67e9dacb29e77400179c729252b4758','a59c963b0ea6941a549bf0aab2d4c5fe0fdb68e0b2ee00118db9a110fb282022');
INSERT INTO "audit_log" VALUES(31,'2026-11-27 16:40:35.119111','system','docket','console.tickets.asked','{"alert_key":"d5cd687b0c3d56d4","effect":"tag/d5cd687b0c3d56d4.1","kind":"tag","mark":"d5cd687b0c3d56d4.1","reason":"ticket_filed"}','a59c963b0ea6941a549bf0aab2d4c5fe0fdb68e0b2ee00118db9a110fb282022','403b0fc6bbe5724dd839e03ac7355558c760e587c706d1fe4d9d6ab1440cd7be');
INSERT INTO "audit_log" VALUES(32,'2026-11-27 16:40:35.119111','system','docket','console.alerts.ticket_filed','{"alert_key":"d5cd687b0c3d56d4","attempts":1,"desk":"local","mark":"d5cd687b0c3d56d4.1","severity":"P2","ticket_id":"7","ticket_number":"7","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/7","title":"Flood2"}','403b0fc6bbe5724dd839e03ac7355558c760e587c706d1fe4d9d6ab1440cd7be','994b899d1f836791da8d2ea363ead9b61ce49731e63cb6a18540c437ad973b47');
INSERT INTO "audit_log" VALUES(33,'2026-11-27 16:40:35.157082','system','docket','console.alerts.accepted','{"storm":["05a1641c0f4bfe52.1"]}','994b899d1f836791da8d2ea363ead9b61ce49731e63cb6a18540c437ad973b47','d6c8bf0e7da1d45007cb84d22a420feb3bc6e5c52044cb77e8618296db71e0ef');
INSERT INTO "audit_log" VALUES(34,'2026-11-27 16:40:35.213299','system','docket','console.alerts.accepted','{"storm":["a14eb76776fd0571.1"]}','d6c8bf0e7da1d45007cb84d22a420feb3bc6e5c52044cb77e8618296db71e0ef','177c035f778baec8aceb8ab95f3382921273e267433d0a62f52d025ae0ce3807');
INSERT INTO "audit_log" VALUES(35,'2026-11-27 16:40:35.270422','system','docket','console.alerts.accepted','{"storm":["5762e22f2053bc30.1"]}','177c035f778baec8aceb8ab95f3382921273e267433d0a62f52d025ae0ce3807','844f497040e73b161a05d17d9efea44093ab3ba3035fc16c6d624a580db69f29');
INSERT INTO "audit_log" VALUES(36,'2026-11-27 16:40:35.301107','person','admin','console.silences.created','{"comment":"planned work","created_by":"admin","ends_at":"2026-11-27T17:40:35Z","id":"f5d4f956-75f3-4e7f-8b87-dede2233b5a8","matchers":["alertname=\"Muted\""],"starts_at":"2026-11-27T16:40:35Z"}','844f497040e73b161a05d17d9efea44093ab3ba3035fc16c6d624a580db69f29','a3468d5ee76fb2a086810815912657318f9366eaaa69f280df20de0b5c0f60c7');
INSERT INTO "audit_log" VALUES(37,'2026-11-27 16:40:35.336066','person','admin','console.maintenance.created','{"comment":"fixture","from":"02:00","id":"f3cc77f2-4ce6-400d-9b36-e3243dc31cfb","matchers":["team=\"batch\""],"name":"nightly","until":"03:00","weekdays":["monday","tuesday"],"zone":"Europe/Berlin"}','a3468d5ee76fb2a086810815912657318f9366eaaa69f280df20de0b5c0f60c7','5514c8270b3e7536d4ea26ead0a3c7cb25b013f14c8039db90b82ede10bd3568');
INSERT INTO "audit_log" VALUES(38,'2026-11-27 16:40:35.371983','system','docket','console.alerts.accepted','{"muted":["506e97b732298d2b.1"]}','5514c8270b3e7536d4ea26ead0a3c7cb25b013f14c8039db90b82ede10bd3568','247a5af657bcfd35be4597835183196ed0341d36967853116e8d43faf1458ef8');
INSERT INTO "audit_log" VALUES(39,'2026-11-27 16:40:35.418526','system','docket','console.alerts.accepted','{"ticket_asked":["6612ebf8e038d184.1"]}','247a5af657bcfd35be4597835183196ed0341d36967853116e8d43faf1458ef8','a16e5446fa78012b9182e05efbedac89fef4efb13d904eefc25396e242298d36');
INSERT INTO "audit_log" VALUES(40,'2026-11-27 16:40:35.418526','system','docket','console.tickets.asked','{"alert_key":"6612ebf8e038d184","effect":"file/6612ebf8e038d184.1","kind":"file","mark":"6612ebf8e038d184.1","reason":"ticket_asked"}','a16e5446fa78012b9182e05efbedac89fef4efb13d904eefc25396e242298d36','6667fef203c1f0036dbb56627e4aa9b82b643c8b17105dfff599d1dd6448b231');
INSERT INTO "audit_log" VALUES(41,'2026-11-27 16:40:35.447537','system','docket','console.tickets.asked','{"alert_key":"6612ebf8e038d184","effect":"tag/6612ebf8e038d184.1","kind":"tag","mark":"6612ebf8e038d184.1","reason":"ticket_filed"}','6667fef203c1f0036dbb56627e4aa9b82b643c8b17105dfff599d1dd6448b231','4e86b61b43fb2adab087628ce5cd1ecfce5ca6ed7073f82553439e872ab55646');
INSERT INTO "audit_log" VALUES(42,'2026-11-27 16:40:35.447537','system','docket','console.alerts.ticket_filed','{"alert_key":"6612ebf8e038d184","attempts":1,"desk":"local","mark":"6612ebf8e038d184.1","severity":"P1","ticket_id":"8","ticket_number":"8","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/8","title":"StaysFiring"}','4e86b61b43fb2adab087628ce5cd1ecfce5ca6ed7073f82553439e872ab55646','107fbbf0ed9c64feb12c69b7dc398582f206f431fa095ded2b2f963a04b9faf0');
INSERT INTO "audit_log" VALUES(43,'2026-11-27 16:40:35.483818','system','docket','console.alerts.accepted','{"ticket_asked":["24e2a28e6cc6b5e4.1"]}','107fbbf0ed9c64feb12c69b7dc398582f206f431fa095ded2b2f963a04b9faf0','6e4cbbcb010301c6abfc487c9719d8893cd74cb4b5ff603716e8bf9291af6f19');
INSERT INTO "audit_log" VALUES(44,'2026-11-27 16:40:35.483818','system','docket','console.tickets.asked','{"alert_key":"24e2a28e6cc6b5e4","effect":"file/24e2a28e6cc6b5e4.1","kind":"file","mark":"24e2a28e6cc6b5e4.1","reason":"ticket_asked"}','6e4cbbcb010301c6abfc487c9719d8893cd74cb4b5ff603716e8bf9291af6f19','0263c4a79e516cc1723f1c25cef2434a66ce96a812956cf7629e3562449ae6b1');
INSERT INTO "audit_log" VALUES(45,'2026-11-27 16:40:35.498503','system','docket','console.tickets.asked','{"alert_key":"24e2a28e6cc6b5e4","effect":"tag/24e2a28e6cc6b5e4.1","kind":"tag","mark":"24e2a28e6cc6b5e4.1","reason":"ticket_filed"}','0263c4a79e516cc1723f1c25cef2434a66ce96a812956cf7629e3562449ae6b1','1bdfdf5ac35309c531a969214485aa6acb310eabaf8e6180a4b9c2e37427401c');
INSERT INTO "audit_log" VALUES(46,'2026-11-27 16:40:35.498503','system','docket','console.alerts.ticket_filed','{"alert_key":"24e2a28e6cc6b5e4","attempts":1,"desk":"local","mark":"24e2a28e6cc6b5e4.1","severity":"P1","ticket_id":"9","ticket_number":"9","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/9","title":"FiresAgain"}','1bdfdf5ac35309c531a969214485aa6acb310eabaf8e6180a4b9c2e37427401c','929cf1c17064a8af1d2627f8bdbb2e41997540a7674be6ced7e6064133a046e7');
INSERT INTO "audit_log" VALUES(47,'2026-11-27 16:40:36.323689','system','docket','console.alerts.accepted','{"ticket_asked":["4c12e8cd08d589b5.1"]}','929cf1c17064a8af1d2627f8bdbb2e41997540a7674be6ced7e6064133a046e7','6df4aa8cb567e636546bb01e60845e14fe03818eeb767d45fb0f4bc605491ade');
INSERT INTO "audit_log" VALUES(48,'2026-11-27 16:40:36.323689','system','docket','console.tickets.asked','{"alert_key":"4c12e8cd08d589b5","effect":"file/4c12e8cd08d589b5.1","kind":"file","mark":"4c12e8cd08d589b5.1","reason":"ticket_asked"}','6df4aa8cb567e636546bb01e60845e14fe03818eeb767d45fb0f4bc605491ade','c68fabf696f675f1d014cfe7dd6d724666cdb51f81872e65ebcef0627564998d');
INSERT INTO "audit_log" VALUES(49,'2026-11-27 16:40:36.401295','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"24e2a28e6cc6b5e4.1","message":"24e2a28e6cc6b5e4.1/webhook:pager/pager","notice":"24e2a28e6cc6b5e4.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','c68fabf696f675f1d014cfe7dd6d724666cdb51f81872e65ebcef0627564998d','77c51944503f4248d5216a09375e902431f15cf7a7f99441978faee0ef7e6a0c');
INSERT INTO "audit_log" VALUES(50,'2026-11-27 16:40:36.417877','system','docket','console.tickets.asked','{"alert_key":"4c12e8cd08d589b5","effect":"tag/4c12e8cd08d589b5.1","kind":"tag","mark":"4c12e8cd08d589b5.1","reason":"ticket_filed"}','77c51944503f4248d5216a09375e902431f15cf7a7f99441978faee0ef7e6a0c','be0e41eb9094d739f5f017bce6201a0027bd66d980b2cbdca36ae5f17f2ec68f');
INSERT INTO "audit_log" VALUES(51,'2026-11-27 16:40:36.417877','system','docket','console.alerts.ticket_filed','{"alert_key":"4c12e8cd08d589b5","attempts":1,"desk":"local","mark":"4c12e8cd08d589b5.1","severity":"P2","ticket_id":"10","ticket_number":"10","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/10","title":"Checkout is down"}','be0e41eb9094d739f5f017bce6201a0027bd66d980b2cbdca36ae5f17f2ec68f','05dbfc15e064bc8e9c38382282d4c578e521eb93c256295337a8fae1eae49229');
INSERT INTO "audit_log" VALUES(52,'2026-11-27 16:40:37.698931','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"a1918df58bd6ffe1.1","message":"a1918df58bd6ffe1.1/webhook:pager/pager","notice":"a1918df58bd6ffe1.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','05dbfc15e064bc8e9c38382282d4c578e521eb93c256295337a8fae1eae49229','0bdc57cbc9e423078213d4150a8a7b961383edffee655ff4992bdcbd6d66f848');
INSERT INTO "audit_log" VALUES(53,'2026-11-27 16:40:38.518572','system','docket','console.alerts.accepted','{"settling":["24e2a28e6cc6b5e4.1"]}','0bdc57cbc9e423078213d4150a8a7b961383edffee655ff4992bdcbd6d66f848','85a6c410e526e8b6d27a73847bba6fa5ecf096c198d59551888740817968db7b');
INSERT INTO "audit_log" VALUES(54,'2026-11-27 16:40:38.659370','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"6612ebf8e038d184.1","message":"6612ebf8e038d184.1/webhook:pager/pager","notice":"6612ebf8e038d184.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','85a6c410e526e8b6d27a73847bba6fa5ecf096c198d59551888740817968db7b','cae608fb032f60e374d884a3ab288b2b6c2c2e0c2ffd1e8380ff0e1874b2e05d');
INSERT INTO "audit_log" VALUES(55,'2026-11-27 16:40:39.747599','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"439af2c24b89aae8.1","message":"439af2c24b89aae8.1/webhook:pager/pager","notice":"439af2c24b89aae8.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','cae608fb032f60e374d884a3ab288b2b6c2c2e0c2ffd1e8380ff0e1874b2e05d','1e0036b8c22c9a423bb665281dfcc31d9277dcd6e0900c4004403a2b14f221db');
INSERT INTO "audit_log" VALUES(56,'2026-11-27 16:40:41.377573','system','docket','console.alerts.accepted','{"recovered":["24e2a28e6cc6b5e4.1"]}','1e0036b8c22c9a423bb665281dfcc31d9277dcd6e0900c4004403a2b14f221db','ebf5ff7d2d4bc987e8c63878093859d532e7ae4b6e26b57974e39b3fde9c1813');
INSERT INTO "audit_log" VALUES(57,'2026-11-27 16:40:41.377573','system','docket','console.tickets.asked','{"alert_key":"24e2a28e6cc6b5e4","effect":"note/24e2a28e6cc6b5e4.1/recovered-0","kind":"note","mark":"24e2a28e6cc6b5e4.1","reason":"recovered"}','ebf5ff7d2d4bc987e8c63878093859d532e7ae4b6e26b57974e39b3fde9c1813','cdad6edcacb7d8590cdfac3f8ca6e1fd87004a920a0ced3924952a9e3deb34e0');
INSERT INTO "audit_log" VALUES(58,'2026-11-27 16:40:41.459604','system','docket','console.tickets.noted','{"alert_key":"24e2a28e6cc6b5e4","desk":"local","effect":"note/24e2a28e6cc6b5e4.1/recovered-0","mark":"24e2a28e6cc6b5e4.1","severity":"P1","ticket_id":"9","ticket_number":"9","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/9","title":"FiresAgain"}','cdad6edcacb7d8590cdfac3f8ca6e1fd87004a920a0ced3924952a9e3deb34e0','086b8bf9e91cf6c5dd830c648ad6a02b6fc7b316e3dd8b546abb4607d1e8531f');
INSERT INTO "audit_log" VALUES(59,'2026-11-27 16:40:43.683630','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"87d21f6329bdd215.1","message":"87d21f6329bdd215.1/webhook:pager/pager","notice":"87d21f6329bdd215.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','086b8bf9e91cf6c5dd830c648ad6a02b6fc7b316e3dd8b546abb4607d1e8531f','d7ccc33b65eebfaa7c556e6778ca1324f87ecd51cf4d00e764d27a450da0ec27');
INSERT INTO "audit_log" VALUES(60,'2026-11-27 16:40:44.603829','system','docket','console.alerts.accepted','{"settling":["439af2c24b89aae8.1"]}','d7ccc33b65eebfaa7c556e6778ca1324f87ecd51cf4d00e764d27a450da0ec27','42a46a93923924e3cb9dfc69330340028ebf2a71b55228680f16ce84487a0ab5');
INSERT INTO "audit_log" VALUES(61,'2026-11-27 16:40:45.040014','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"b7fe1b144af935e6.1","message":"b7fe1b144af935e6.1/webhook:pager/pager","notice":"b7fe1b144af935e6.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','42a46a93923924e3cb9dfc69330340028ebf2a71b55228680f16ce84487a0ab5','bf7f2f69b4303d50a46c3bc74b8ccc388cdc5eb0d610110cc838a43e19f53e1e');
INSERT INTO "audit_log" VALUES(62,'2026-11-27 16:40:45.377349','system','docket','console.alerts.accepted','{"ticket_asked":["b7fe1b144af935e6.1"]}','bf7f2f69b4303d50a46c3bc74b8ccc388cdc5eb0d610110cc838a43e19f53e1e','fa9e9fd4e680f805d5127c923e8e2ac2f7365ef3aae48527a7501dbb554b0e63');
INSERT INTO "audit_log" VALUES(63,'2026-11-27 16:40:45.377349','system','docket','console.tickets.asked','{"alert_key":"b7fe1b144af935e6","effect":"file/b7fe1b144af935e6.1","kind":"file","mark":"b7fe1b144af935e6.1","reason":"ticket_asked"}','fa9e9fd4e680f805d5127c923e8e2ac2f7365ef3aae48527a7501dbb554b0e63','9e94347a5b8b01f783f42cc6888184335a9d05e22fd61bb2a6eaaf231ff2ab16');
INSERT INTO "audit_log" VALUES(64,'2026-11-27 16:40:45.398380','system','docket','console.tickets.asked','{"alert_key":"b7fe1b144af935e6","effect":"tag/b7fe1b144af935e6.1","kind":"tag","mark":"b7fe1b144af935e6.1","reason":"ticket_filed"}','9e94347a5b8b01f783f42cc6888184335a9d05e22fd61bb2a6eaaf231ff2ab16','7875c6a243133307b1ef41594146cf7fae677fafe182a4a9b6b75575fa0d7bc7');
INSERT INTO "audit_log" VALUES(65,'2026-11-27 16:40:45.398380','system','docket','console.alerts.ticket_filed','{"alert_key":"b7fe1b144af935e6","attempts":1,"desk":"local","mark":"b7fe1b144af935e6.1","severity":"P2","ticket_id":"11","ticket_number":"11","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/11","title":"Alert storm on route flood"}','7875c6a243133307b1ef41594146cf7fae677fafe182a4a9b6b75575fa0d7bc7','6d08a28f04efd009f38d1f4971d62ae438708c11b8862a8ab3a5866396e9523a');
INSERT INTO "audit_log" VALUES(66,'2026-11-27 16:40:45.398380','system','docket','console.alerts.ticket_filed','{"alert_key":"421a4fd168c2fd5b","desk":"local","mark":"421a4fd168c2fd5b.1","severity":"P2","ticket_id":"11","ticket_number":"11","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/11","title":"Flood3","within":"b7fe1b144af935e6.1"}','6d08a28f04efd009f38d1f4971d62ae438708c11b8862a8ab3a5866396e9523a','45427ec5ea764b97c9d00150d9d38ccc460297d4c05f69bf73fb98aa0d94d714');
INSERT INTO "audit_log" VALUES(67,'2026-11-27 16:40:45.398380','system','docket','console.alerts.ticket_filed','{"alert_key":"05a1641c0f4bfe52","desk":"local","mark":"05a1641c0f4bfe52.1","severity":"P2","ticket_id":"11","ticket_number":"11","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/11","title":"Flood4","within":"b7fe1b144af935e6.1"}','45427ec5ea764b97c9d00150d9d38ccc460297d4c05f69bf73fb98aa0d94d714','a00e24f454af46523b8e4b114b068c8143e80b27771c7b448d5fa5c471b4f14b');
INSERT INTO "audit_log" VALUES(68,'2026-11-27 16:40:45.398380','system','docket','console.alerts.ticket_filed','{"alert_key":"a14eb76776fd0571","desk":"local","mark":"a14eb76776fd0571.1","severity":"P2","ticket_id":"11","ticket_number":"11","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/11","title":"Flood5","within":"b7fe1b144af935e6.1"}','a00e24f454af46523b8e4b114b068c8143e80b27771c7b448d5fa5c471b4f14b','0c374b2b4d7d5213499009e8f34109ec79684ae2706fc94bd7636345473da8b0');
INSERT INTO "audit_log" VALUES(69,'2026-11-27 16:40:45.398380','system','docket','console.alerts.ticket_filed','{"alert_key":"5762e22f2053bc30","desk":"local","mark":"5762e22f2053bc30.1","severity":"P2","ticket_id":"11","ticket_number":"11","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/11","title":"Flood6","within":"b7fe1b144af935e6.1"}','0c374b2b4d7d5213499009e8f34109ec79684ae2706fc94bd7636345473da8b0','3d392a33d4e31f87b74a7e0727d9a7a752600568c997ce3b88368f3d353581ee');
INSERT INTO "audit_log" VALUES(70,'2026-11-27 16:40:45.607906','person','admin','console.tickets.noted','{"desk":"local","text":"a person looked at it","ticket_id":"5"}','3d392a33d4e31f87b74a7e0727d9a7a752600568c997ce3b88368f3d353581ee','60a738969b4ed49b3493608fb869b31d5d43555fec422fa2fa3c2372ed884814');
INSERT INTO "audit_log" VALUES(71,'2026-11-27 16:40:45.699874','person','admin','console.tickets.closed','{"alert_key":"ad1a756dc4627260","desk":"local","mark":"ad1a756dc4627260.1","severity":"P2","ticket_id":"5","ticket_number":"5","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/5","title":"ClosedByPerson"}','60a738969b4ed49b3493608fb869b31d5d43555fec422fa2fa3c2372ed884814','c9c89e35660da3d2fce705b557aa37c5c5fb1764a9e6fde72cd9882fcb140744');
INSERT INTO "audit_log" VALUES(72,'2026-11-27 16:40:45.784487','person','admin','console.flags.changed','{"after":false,"before":true,"name":"investigate.from_status","why":""}','c9c89e35660da3d2fce705b557aa37c5c5fb1764a9e6fde72cd9882fcb140744','b6ed91d7944a79f38c1d2a3f1b41388611b3ffea333e0dea02336f278177d0dc');
INSERT INTO "audit_log" VALUES(73,'2026-11-27 16:40:45.852156','person','admin','console.flags.changed','{"after":true,"before":false,"name":"investigate.from_status","why":""}','b6ed91d7944a79f38c1d2a3f1b41388611b3ffea333e0dea02336f278177d0dc','b361235c39cf445cbef0cf206a66ca64934123cffb74a72990d923252044158b');
INSERT INTO "audit_log" VALUES(74,'2026-11-27 16:40:45.908135','person','admin','console.tickets.asked','{"alert_key":"4c12e8cd08d589b5","effect":"note/4c12e8cd08d589b5.1/investigated-1","kind":"note","mark":"4c12e8cd08d589b5.1","reason":"investigate_joined"}','b361235c39cf445cbef0cf206a66ca64934123cffb74a72990d923252044158b','762b7d64c4be70fd08046ec4d4af828a4fe6f51b5155a3c296db16f7e9cca5bd');
INSERT INTO "audit_log" VALUES(75,'2026-11-27 16:40:45.908135','person','admin','console.tickets.asked','{"alert_key":"4c12e8cd08d589b5","effect":"tag/4c12e8cd08d589b5.1/investigated-1","kind":"tag","mark":"4c12e8cd08d589b5.1","reason":"investigate_joined"}','762b7d64c4be70fd08046ec4d4af828a4fe6f51b5155a3c296db16f7e9cca5bd','8911a5791e761b4f1edd6e35c18c89fed5c0a84c2b421ea52f3c9ae9917d9acb');
INSERT INTO "audit_log" VALUES(76,'2026-11-27 16:40:45.908135','person','admin','console.tickets.asked','{"alert_key":"4c12e8cd08d589b5","effect":"check/4c12e8cd08d589b5.1/investigated-1","kind":"check","mark":"4c12e8cd08d589b5.1","reason":"investigate_joined"}','8911a5791e761b4f1edd6e35c18c89fed5c0a84c2b421ea52f3c9ae9917d9acb','535a94fd1ac7c9646eca8d4895c66140d670e6093fb676dbc9623fcec2542601');
INSERT INTO "audit_log" VALUES(77,'2026-11-27 16:40:45.908135','person','admin','console.status.investigate','{"alert_key":"4c12e8cd08d589b5","mark":"4c12e8cd08d589b5.1","reason":"investigate_joined","surface":"checkout"}','535a94fd1ac7c9646eca8d4895c66140d670e6093fb676dbc9623fcec2542601','e9646c2d034b56356c0c928af45d249f2e8adfa9f6c3e21e4a4d48fda80eecda');
INSERT INTO "audit_log" VALUES(78,'2026-11-27 16:40:45.941885','system','docket','console.alerts.accepted','{"ticket_still_open":["4c12e8cd08d589b5.1"]}','e9646c2d034b56356c0c928af45d249f2e8adfa9f6c3e21e4a4d48fda80eecda','e8d62799b82492305b3f86dc77b90e9ee861211388bde882abe67556b941faab');
INSERT INTO "audit_log" VALUES(79,'2026-11-27 16:40:45.975553','system','docket','console.tickets.noted','{"alert_key":"4c12e8cd08d589b5","desk":"local","effect":"note/4c12e8cd08d589b5.1/investigated-1","mark":"4c12e8cd08d589b5.1","severity":"P2","ticket_id":"10","ticket_number":"10","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/10","title":"Checkout is down"}','e8d62799b82492305b3f86dc77b90e9ee861211388bde882abe67556b941faab','37a3013efe5baeb611f8c5fab83646cff9964f6ad8164a53c93b6bfb3b16ff9d');
INSERT INTO "audit_log" VALUES(80,'2026-11-27 16:40:46.112412','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"ad1a756dc4627260.1","message":"ad1a756dc4627260.1/webhook:pager/pager","notice":"ad1a756dc4627260.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','37a3013efe5baeb611f8c5fab83646cff9964f6ad8164a53c93b6bfb3b16ff9d','24a0f0356ce5624a35ec38b7a8b19847b3750e9b6c72f20e979a0b1f04b66c93');
INSERT INTO "audit_log" VALUES(81,'2026-11-27 16:40:47.143760','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"4c12e8cd08d589b5.1","message":"4c12e8cd08d589b5.1/webhook:pager/pager","notice":"4c12e8cd08d589b5.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','24a0f0356ce5624a35ec38b7a8b19847b3750e9b6c72f20e979a0b1f04b66c93','2bf874696903ac21f031ad801139e8cee6638dfd95746862ad35604d70e41bab');
INSERT INTO "audit_log" VALUES(82,'2026-11-27 16:40:47.377405','system','docket','console.alerts.accepted','{"recovered":["439af2c24b89aae8.1"]}','2bf874696903ac21f031ad801139e8cee6638dfd95746862ad35604d70e41bab','cca7fc045d93e37ad19562f598aeefd2bab35b8c8a3f6511acf427437132956b');
INSERT INTO "audit_log" VALUES(83,'2026-11-27 16:40:47.377405','system','docket','console.tickets.asked','{"alert_key":"439af2c24b89aae8","effect":"note/439af2c24b89aae8.1/recovered-0","kind":"note","mark":"439af2c24b89aae8.1","reason":"recovered"}','cca7fc045d93e37ad19562f598aeefd2bab35b8c8a3f6511acf427437132956b','98499137a7720672ba849d49310f790f777e76671f3885587dcde2324e32b9f2');
INSERT INTO "audit_log" VALUES(84,'2026-11-27 16:40:47.391582','system','docket','console.tickets.noted','{"alert_key":"439af2c24b89aae8","desk":"local","effect":"note/439af2c24b89aae8.1/recovered-0","mark":"439af2c24b89aae8.1","severity":"P2","ticket_id":"4","ticket_number":"4","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/4","title":"CameAndWent"}','98499137a7720672ba849d49310f790f777e76671f3885587dcde2324e32b9f2','16fc3e48c2581ef35eb7ecd294a484600f4d53c209bda967fbe38f5cfced227b');
INSERT INTO "audit_log" VALUES(85,'2026-11-27 16:40:50.384972','person','admin','console.tickets.closed','{"alert_key":"24e2a28e6cc6b5e4","desk":"local","mark":"24e2a28e6cc6b5e4.1","severity":"P1","ticket_id":"9","ticket_number":"9","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/9","title":"FiresAgain"}','16fc3e48c2581ef35eb7ecd294a484600f4d53c209bda967fbe38f5cfced227b','4cf1f239fab645585639179da2070bdc548441283a277914b263f63cb29a66f6');
INSERT INTO "audit_log" VALUES(86,'2026-11-27 16:40:51.280653','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"d5cd687b0c3d56d4.1","message":"d5cd687b0c3d56d4.1/webhook:pager/pager","notice":"d5cd687b0c3d56d4.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','4cf1f239fab645585639179da2070bdc548441283a277914b263f63cb29a66f6','81a75d5a6c8dceacf304044d2a2ae35f9d85a459bbfcaf25f9f4a1fa785fd709');
INSERT INTO "audit_log" VALUES(87,'2026-11-27 16:40:51.420840','system','docket','console.alerts.accepted','{"ticket_asked":["24e2a28e6cc6b5e4.2"]}','81a75d5a6c8dceacf304044d2a2ae35f9d85a459bbfcaf25f9f4a1fa785fd709','60163ada6a506fa98a584ef2f85b401d1f27f7564ce548d18244a8c8525e5fad');
INSERT INTO "audit_log" VALUES(88,'2026-11-27 16:40:51.420840','system','docket','console.tickets.asked','{"alert_key":"24e2a28e6cc6b5e4","effect":"file/24e2a28e6cc6b5e4.2","kind":"file","mark":"24e2a28e6cc6b5e4.2","reason":"ticket_asked"}','60163ada6a506fa98a584ef2f85b401d1f27f7564ce548d18244a8c8525e5fad','cf0f99a61a0062219d704423e59c388da23e8418e3845f1bf081f929df696129');
INSERT INTO "audit_log" VALUES(89,'2026-11-27 16:40:51.447655','system','docket','console.alerts.accepted','{"settling":["1a7c733c20038f07.1"]}','cf0f99a61a0062219d704423e59c388da23e8418e3845f1bf081f929df696129','fc72bbb959a2e26807c18aebe947ff92fd25bbb09a1bb76a96fd4241499ad0d1');
INSERT INTO "audit_log" VALUES(90,'2026-11-27 16:40:51.451082','system','docket','console.tickets.asked','{"alert_key":"24e2a28e6cc6b5e4","effect":"tag/24e2a28e6cc6b5e4.2","kind":"tag","mark":"24e2a28e6cc6b5e4.2","reason":"ticket_filed"}','fc72bbb959a2e26807c18aebe947ff92fd25bbb09a1bb76a96fd4241499ad0d1','f5bedd2a50f23d898615b150d5ee411c4220e6c57bfcee37e00d72b21ec716f0');
INSERT INTO "audit_log" VALUES(91,'2026-11-27 16:40:51.451082','system','docket','console.alerts.ticket_filed','{"alert_key":"24e2a28e6cc6b5e4","attempts":1,"desk":"local","mark":"24e2a28e6cc6b5e4.2","severity":"P1","ticket_id":"12","ticket_number":"12","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/12","title":"FiresAgain"}','f5bedd2a50f23d898615b150d5ee411c4220e6c57bfcee37e00d72b21ec716f0','2eec285e0018cb17eb7837b7029cb8d4259e65281d49c05b34fab0d40d099276');
INSERT INTO "audit_log" VALUES(92,'2026-11-27 16:40:52.411619','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"24e2a28e6cc6b5e4.2","message":"24e2a28e6cc6b5e4.2/webhook:pager/pager","notice":"24e2a28e6cc6b5e4.2/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','2eec285e0018cb17eb7837b7029cb8d4259e65281d49c05b34fab0d40d099276','2cadcc914df3d323e18c91b575f70d7441c9749db01f6d9ab5c109fd96e5e7df');
INSERT INTO "audit_log" VALUES(93,'2026-11-27 16:40:54.390506','system','docket','console.alerts.accepted','{"recovered":["1a7c733c20038f07.1"]}','2cadcc914df3d323e18c91b575f70d7441c9749db01f6d9ab5c109fd96e5e7df','55a1bd845858580c8098e0c7b12fc33f8356aebe5616213faf7257d04397e068');
INSERT INTO "audit_log" VALUES(94,'2026-11-27 16:40:54.390506','system','docket','console.tickets.asked','{"alert_key":"1a7c733c20038f07","effect":"note/1a7c733c20038f07.1/recovered-0","kind":"note","mark":"1a7c733c20038f07.1","reason":"recovered"}','55a1bd845858580c8098e0c7b12fc33f8356aebe5616213faf7257d04397e068','6f2b16ce249dac08c1dafc62ebebbab0e5e81cd9bce8eff2a54be3cb5291d2ed');
INSERT INTO "audit_log" VALUES(95,'2026-11-27 16:40:54.411122','system','docket','console.notices.sent','{"attempts":1,"channel":"pager","mark":"57804ae75404e3e8.1","message":"57804ae75404e3e8.1/webhook:pager/pager","notice":"57804ae75404e3e8.1/webhook:pager/pager","notifier":"webhook:pager","recipient":"pager"}','6f2b16ce249dac08c1dafc62ebebbab0e5e81cd9bce8eff2a54be3cb5291d2ed','24d53b8c1e3c55d0f23d298b3382183b8381082ad93ad8e8c2d8284a0e734acc');
INSERT INTO "audit_log" VALUES(96,'2026-11-27 16:40:54.443457','system','docket','console.tickets.noted','{"alert_key":"1a7c733c20038f07","desk":"local","effect":"note/1a7c733c20038f07.1/recovered-0","mark":"1a7c733c20038f07.1","severity":"P1","ticket_id":"1","ticket_number":"1","ticket_url":"http://127.0.0.1:18099/api/v1/tickets/1","title":"CheckoutDown"}','24d53b8c1e3c55d0f23d298b3382183b8381082ad93ad8e8c2d8284a0e734acc','c9a9ecd080eaf3e156be28c36ec7e8496f5b0fed44343e085ea7ac4051a92d82');
INSERT INTO "audit_log" VALUES(97,'2026-11-27 16:40:59.844781','system','docket','console.alerts.accepted','{"ticket_asked":["6ac66668838160e3.1"]}','c9a9ecd080eaf3e156be28c36ec7e8496f5b0fed44343e085ea7ac4051a92d82','5a9a47aeeedef31ec5918c6b883a815665cff6e6d7309f47287bb5f778357991');
INSERT INTO "audit_log" VALUES(98,'2026-11-27 16:40:59.844781','system','docket','console.tickets.asked','{"alert_key":"6ac66668838160e3","effect":"file/6ac66668838160e3.1","kind":"file","mark":"6ac66668838160e3.1","reason":"ticket_asked"}','5a9a47aeeedef31ec5918c6b883a815665cff6e6d7309f47287bb5f778357991','01b103489414d73314cd635ef812bf00a52b2b645b0a76fba3dbd5d9805abdb9');
CREATE TABLE checkup (
    id INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('well', 'warned', 'ill')),
    report TEXT NOT NULL
);
CREATE TABLE crowd (
    route TEXT PRIMARY KEY,
    state TEXT NOT NULL
);
INSERT INTO "crowd" VALUES('shop','{"opened":["2026-11-27T16:40:34.641443Z","2026-11-27T16:40:34.689015Z"],"storm":"0000000000000000.0","gathered_at":"0001-01-01T00:00:00Z","kinds":[{"title":"CheckoutDown","at":"2026-11-27T16:40:34.689015Z"}]}');
INSERT INTO "crowd" VALUES('','{"opened":["2026-11-27T16:40:34.759685Z","2026-11-27T16:40:34.960817Z","2026-11-27T16:40:34.988543Z","2026-11-27T16:40:35.418526Z","2026-11-27T16:40:35.483818Z","2026-11-27T16:40:36.323689Z","2026-11-27T16:40:51.42084Z","2026-11-27T16:40:59.844781Z"],"storm":"0000000000000000.0","gathered_at":"0001-01-01T00:00:00Z","kinds":[{"title":"StaysFiring","at":"2026-11-27T16:40:35.418526Z"},{"title":"FiresAgain","at":"2026-11-27T16:40:51.42084Z"},{"title":"PendingAtKill","at":"2026-11-27T16:40:59.844781Z"}]}');
INSERT INTO "crowd" VALUES('flood','{"opened":["2026-11-27T16:40:35.213299Z","2026-11-27T16:40:35.270422Z"],"storm":"b7fe1b144af935e6.1","gathered_at":"2026-11-27T16:40:35.270422Z","kinds":null}');
CREATE TABLE desk_note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL REFERENCES desk_ticket (number),
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
);
INSERT INTO "desk_note" VALUES(1,9,'docket','Recovered: FiresAgain
The alert stopped firing at 2026-11-27 16:40:38 UTC, after 3s.
Please close the ticket once you have looked at it.
[note/24e2a28e6cc6b5e4.1/recovered-0]',1795797641411641);
INSERT INTO "desk_note" VALUES(2,5,'admin','a person looked at it',1795797645607906);
INSERT INTO "desk_note" VALUES(3,10,'docket','admin looks into it: Investigate was clicked at 2026-11-27 16:40:45 UTC.
Checkout is down since 2026-11-27 16:40:35 UTC (10 seconds).
Last reading, 16:40:45 UTC: the connection was refused by 127.0.0.1:9
Probe: tcp 127.0.0.1:9 every 1s.
The last 10 readings: 0 good, 0 degraded, 10 down.
Turned down (was unknown) at 2026-11-27 16:40:35 UTC.
No other surface is in trouble.
Flag investigate.from_status was switched on by admin at 2026-11-27 16:40:45 UTC.
Runbook: https://example.org/runbook
Tile: http://127.0.0.1:18099/console/status/checkout
[note/4c12e8cd08d589b5.1/investigated-1]',1795797645959931);
INSERT INTO "desk_note" VALUES(4,4,'docket','Recovered: CameAndWent
The alert stopped firing at 2026-11-27 16:40:44 UTC, after 10s.
Please close the ticket once you have looked at it.
[note/439af2c24b89aae8.1/recovered-0]',1795797647390778);
INSERT INTO "desk_note" VALUES(5,1,'docket','Recovered: CheckoutDown
The alert stopped firing at 2026-11-27 16:40:51 UTC, after 17s.
Please close the ticket once you have looked at it.
[note/1a7c733c20038f07.1/recovered-0]',1795797654424403);
CREATE TABLE desk_ticket (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mark TEXT UNIQUE,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
    tags TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL, updated_at_us INTEGER NOT NULL DEFAULT 0,
    CHECK ((status = 'closed') = (closed_at_us > 0))
);
INSERT INTO "desk_ticket" VALUES(1,'1a7c733c20038f07.1','P1 CheckoutDown: A test alert sent by docket send. [1a7c733c20038f07.1]','CheckoutDown
A test alert sent by docket send.

Severity: P1
Firing since: 2026-11-27 16:40:34 UTC
Source: prometheus

CheckoutDown (firing)
Labels:
  alertname: CheckoutDown
  instance: a
  severity: P1
  team: shop
Annotations:
  summary: A test alert sent by docket send.

alert_key: 1a7c733c20038f07
Filed by Docket. Keep the mark: [1a7c733c20038f07.1]
','open','["auto:alert","shop"]',1795797634689407,0,1795797654424403);
INSERT INTO "desk_ticket" VALUES(2,'57804ae75404e3e8.1','P1 CheckoutDown: A test alert sent by docket send. [57804ae75404e3e8.1]','CheckoutDown
A test alert sent by docket send.

Severity: P1
Firing since: 2026-11-27 16:40:34 UTC
Source: prometheus

CheckoutDown (firing)
Labels:
  alertname: CheckoutDown
  instance: b
  severity: P1
  team: shop
Annotations:
  summary: A test alert sent by docket send.

alert_key: 57804ae75404e3e8
Filed by Docket. Keep the mark: [57804ae75404e3e8.1]
','open','["auto:alert","shop"]',1795797634745760,0,1795797634824661);
INSERT INTO "desk_ticket" VALUES(3,'a1918df58bd6ffe1.1','P2 DiskFull: A test alert sent by docket send. [a1918df58bd6ffe1.1]','DiskFull
A test alert sent by docket send.

Severity: P2
Firing since: 2026-11-27 16:40:34 UTC
Source: prometheus

DiskFull (firing)
Labels:
  alertname: DiskFull
  instance: c
  severity: P2
Annotations:
  summary: A test alert sent by docket send.

alert_key: a1918df58bd6ffe1
Filed by Docket. Keep the mark: [a1918df58bd6ffe1.1]
','open','["auto:alert"]',1795797634810380,0,1795797634846618);
INSERT INTO "desk_ticket" VALUES(4,'439af2c24b89aae8.1','P2 CameAndWent: A test alert sent by docket send. [439af2c24b89aae8.1]','CameAndWent
A test alert sent by docket send.

Severity: P2
Firing since: 2026-11-27 16:40:34 UTC
Source: prometheus

CameAndWent (firing)
Labels:
  alertname: CameAndWent
  instance: e
  severity: P2
Annotations:
  summary: A test alert sent by docket send.

alert_key: 439af2c24b89aae8
Filed by Docket. Keep the mark: [439af2c24b89aae8.1]
','open','["auto:alert"]',1795797634978508,0,1795797647390778);
INSERT INTO "desk_ticket" VALUES(5,'ad1a756dc4627260.1','P2 ClosedByPerson: A test alert sent by docket send. [ad1a756dc4627260.1]','ClosedByPerson
A test alert sent by docket send.

Severity: P2
Firing since: 2026-11-27 16:40:34 UTC
Source: prometheus

ClosedByPerson (firing)
Labels:
  alertname: ClosedByPerson
  instance: f
  severity: P2
Annotations:
  summary: A test alert sent by docket send.

alert_key: ad1a756dc4627260
Filed by Docket. Keep the mark: [ad1a756dc4627260.1]
','closed','["auto:alert"]',1795797635011555,1795797645683936,1795797645683936);
INSERT INTO "desk_ticket" VALUES(6,'87d21f6329bdd215.1','P2 Flood1: A test alert sent by docket send. [87d21f6329bdd215.1]','Flood1
A test alert sent by docket send.

Severity: P2
Firing since: 2026-11-27 16:40:35 UTC
Source: prometheus

Flood1 (firing)
Labels:
  alertname: Flood1
  severity: P2
  team: flood
Annotations:
  summary: A test alert sent by docket send.

alert_key: 87d21f6329bdd215
Filed by Docket. Keep the mark: [87d21f6329bdd215.1]
','open','["auto:alert"]',1795797635076136,0,1795797635112415);
INSERT INTO "desk_ticket" VALUES(7,'d5cd687b0c3d56d4.1','P2 Flood2: A test alert sent by docket send. [d5cd687b0c3d56d4.1]','Flood2
A test alert sent by docket send.

Severity: P2
Firing since: 2026-11-27 16:40:35 UTC
Source: prometheus

Flood2 (firing)
Labels:
  alertname: Flood2
  severity: P2
  team: flood
Annotations:
  summary: A test alert sent by docket send.

alert_key: d5cd687b0c3d56d4
Filed by Docket. Keep the mark: [d5cd687b0c3d56d4.1]
','open','["auto:alert"]',1795797635102260,0,1795797635143246);
INSERT INTO "desk_ticket" VALUES(8,'6612ebf8e038d184.1','P1 StaysFiring: It is wrong, <b>really</b> [6612ebf8e038d184.1]','StaysFiring
It is wrong, <b>really</b>

Severity: P1
Firing since: 2026-11-27 10:00:00 UTC
Source: alertmanager
Link: http://prom.example.org/g

StaysFiring (firing)
Labels:
  alertname: StaysFiring
  severity: critical
  team: infra
Annotations:
  runbook_url: https://example.org/r
  summary: It is wrong, <b>really</b>

alert_key: 6612ebf8e038d184
Filed by Docket. Keep the mark: [6612ebf8e038d184.1]
','open','["auto:alert"]',1795797635440096,0,1795797635456217);
INSERT INTO "desk_ticket" VALUES(9,'24e2a28e6cc6b5e4.1','P1 FiresAgain: It is wrong, <b>really</b> [24e2a28e6cc6b5e4.1]','FiresAgain
It is wrong, <b>really</b>

Severity: P1
Firing since: 2026-11-27 10:00:00 UTC
Source: alertmanager
Link: http://prom.example.org/g

FiresAgain (firing)
Labels:
  alertname: FiresAgain
  severity: critical
  team: infra
Annotations:
  runbook_url: https://example.org/r
  summary: It is wrong, <b>really</b>

alert_key: 24e2a28e6cc6b5e4
Filed by Docket. Keep the mark: [24e2a28e6cc6b5e4.1]
','closed','["auto:alert"]',1795797635495892,1795797650383159,1795797650383159);
INSERT INTO "desk_ticket" VALUES(10,'4c12e8cd08d589b5.1','P2 Checkout is down: the connection was refused by 127.0.0.1:9 [4c12e8cd08d589b5.1]','Checkout is down
the connection was refused by 127.0.0.1:9

Severity: P2
Firing since: 2026-11-27 16:40:35 UTC
Source: status
Link: https://example.org/runbook

Checkout is down (firing)
Labels:
  alertname: Checkout
  surface: checkout
Annotations:
  summary: the connection was refused by 127.0.0.1:9

alert_key: 4c12e8cd08d589b5
Filed by Docket. Keep the mark: [4c12e8cd08d589b5.1]
','open','["auto:alert","auto:status"]',1795797636395130,0,1795797645959931);
INSERT INTO "desk_ticket" VALUES(11,'b7fe1b144af935e6.1','P2 Alert storm on route flood [b7fe1b144af935e6.1]','Alert storm on route flood

Worst severity: P2
Since: 2026-11-27 16:40:35 UTC

Many alerts came at once. This ticket stands for all that are listed here and in its notes; each is in no other ticket.

P2 Flood3: A test alert sent by docket send.
  alertname: Flood3
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  421a4fd168c2fd5b.1

P2 Flood4: A test alert sent by docket send.
  alertname: Flood4
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  05a1641c0f4bfe52.1

P2 Flood5: A test alert sent by docket send.
  alertname: Flood5
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  a14eb76776fd0571.1

P2 Flood6: A test alert sent by docket send.
  alertname: Flood6
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  5762e22f2053bc30.1

alert_key: b7fe1b144af935e6
Filed by Docket. Keep the mark: [b7fe1b144af935e6.1]
','open','["auto:alert"]',1795797645395767,0,1795797645414899);
INSERT INTO "desk_ticket" VALUES(12,'24e2a28e6cc6b5e4.2','P1 FiresAgain: It is wrong, <b>really</b> [24e2a28e6cc6b5e4.2]','FiresAgain
It is wrong, <b>really</b>

Severity: P1
Firing since: 2026-11-27 16:40:51 UTC
Source: alertmanager
Link: http://prom.example.org/g
Earlier ticket, closed since: #9 http://127.0.0.1:18099/api/v1/tickets/9

FiresAgain (firing)
Labels:
  alertname: FiresAgain
  severity: critical
  team: infra
Annotations:
  runbook_url: https://example.org/r
  summary: It is wrong, <b>really</b>

alert_key: 24e2a28e6cc6b5e4
Filed by Docket. Keep the mark: [24e2a28e6cc6b5e4.2]
','open','["auto:alert"]',1795797651439313,0,1795797651472687);
CREATE TABLE effect (
    effect_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('file', 'tag', 'note', 'close', 'check')),
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unknown', 'created', 'done', 'dropped')),
    attempt INTEGER NOT NULL,
    fails INTEGER NOT NULL,
    sent_at_us INTEGER NOT NULL,
    not_before_us INTEGER NOT NULL,
    ticket_id TEXT NOT NULL,
    text TEXT NOT NULL,
    tags TEXT NOT NULL,
    fault TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    done_at_us INTEGER NOT NULL,
    CHECK ((state IN ('done', 'dropped')) = (done_at_us > 0)),
    FOREIGN KEY (alert_key, generation) REFERENCES incident (alert_key, generation)
);
INSERT INTO "effect" VALUES('file/1a7c733c20038f07.1',4,'file',1908527044170583815,1,'done',1,0,1795797634663994,0,'1','','null','','',1795797634641443,1795797634744182);
INSERT INTO "effect" VALUES('file/57804ae75404e3e8.1',4,'file',6305121835726201832,1,'done',1,0,1795797634736108,0,'2','','null','','',1795797634689015,1795797634809517);
INSERT INTO "effect" VALUES('tag/1a7c733c20038f07.1',2,'tag',1908527044170583815,1,'done',0,0,0,0,'1','','["auto:alert","shop"]','','',1795797634744182,1795797634806408);
INSERT INTO "effect" VALUES('file/a1918df58bd6ffe1.1',4,'file',-6804501476227481631,1,'done',1,0,1795797634806408,0,'3','','null','','',1795797634759685,1795797634830702);
INSERT INTO "effect" VALUES('tag/57804ae75404e3e8.1',2,'tag',6305121835726201832,1,'done',0,0,0,0,'2','','["auto:alert","shop"]','','',1795797634809517,1795797634828202);
INSERT INTO "effect" VALUES('tag/a1918df58bd6ffe1.1',2,'tag',-6804501476227481631,1,'done',0,0,0,0,'3','','["auto:alert"]','','',1795797634830702,1795797634849193);
INSERT INTO "effect" VALUES('file/439af2c24b89aae8.1',4,'file',4871472863259503336,1,'done',1,0,1795797634974474,0,'4','','null','','',1795797634960817,1795797634981716);
INSERT INTO "effect" VALUES('tag/439af2c24b89aae8.1',2,'tag',4871472863259503336,1,'done',0,0,0,0,'4','','["auto:alert"]','','',1795797634981716,1795797635002999);
INSERT INTO "effect" VALUES('file/ad1a756dc4627260.1',4,'file',-5973332841446870432,1,'done',1,0,1795797635006168,0,'5','','null','','',1795797634988543,1795797635014399);
INSERT INTO "effect" VALUES('tag/ad1a756dc4627260.1',2,'tag',-5973332841446870432,1,'done',0,0,0,0,'5','','["auto:alert"]','','',1795797635014399,1795797635047602);
INSERT INTO "effect" VALUES('file/87d21f6329bdd215.1',4,'file',-8659824622717513195,1,'done',1,0,1795797635064364,0,'6','','null','','',1795797635025309,1795797635100062);
INSERT INTO "effect" VALUES('file/d5cd687b0c3d56d4.1',4,'file',-3040659295709604140,1,'done',1,0,1795797635098851,0,'7','','null','','',1795797635072507,1795797635119111);
INSERT INTO "effect" VALUES('tag/87d21f6329bdd215.1',2,'tag',-8659824622717513195,1,'done',0,0,0,0,'6','','["auto:alert"]','','',1795797635100062,1795797635119111);
INSERT INTO "effect" VALUES('tag/d5cd687b0c3d56d4.1',2,'tag',-3040659295709604140,1,'done',0,0,0,0,'7','','["auto:alert"]','','',1795797635119111,1795797635147092);
INSERT INTO "effect" VALUES('file/6612ebf8e038d184.1',4,'file',7355200595595678084,1,'done',1,0,1795797635435938,0,'8','','null','','',1795797635418526,1795797635447537);
INSERT INTO "effect" VALUES('tag/6612ebf8e038d184.1',2,'tag',7355200595595678084,1,'done',0,0,0,0,'8','','["auto:alert"]','','',1795797635447537,1795797635459276);
INSERT INTO "effect" VALUES('file/24e2a28e6cc6b5e4.1',4,'file',2657865462696031716,1,'done',1,0,1795797635493253,0,'9','','null','','',1795797635483818,1795797635498503);
INSERT INTO "effect" VALUES('tag/24e2a28e6cc6b5e4.1',2,'tag',2657865462696031716,1,'done',0,0,0,0,'9','','["auto:alert"]','','',1795797635498503,1795797635509422);
INSERT INTO "effect" VALUES('file/4c12e8cd08d589b5.1',4,'file',5481699663777466805,1,'done',1,0,1795797636355096,0,'10','','null','','',1795797636323689,1795797636417877);
INSERT INTO "effect" VALUES('tag/4c12e8cd08d589b5.1',2,'tag',5481699663777466805,1,'done',0,0,0,0,'10','','["auto:alert"]','','',1795797636417877,1795797636450147);
INSERT INTO "effect" VALUES('note/24e2a28e6cc6b5e4.1/recovered-0',3,'note',2657865462696031716,1,'done',1,0,1795797641401908,0,'9','Recovered: FiresAgain
The alert stopped firing at 2026-11-27 16:40:38 UTC, after 3s.
Please close the ticket once you have looked at it.
[note/24e2a28e6cc6b5e4.1/recovered-0]','null','','',1795797641377573,1795797641459604);
INSERT INTO "effect" VALUES('file/b7fe1b144af935e6.1',4,'file',-5188679946713090586,1,'done',1,0,1795797645393661,0,'11','Many alerts came at once. This ticket stands for all that are listed here and in its notes; each is in no other ticket.

P2 Flood3: A test alert sent by docket send.
  alertname: Flood3
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  421a4fd168c2fd5b.1

P2 Flood4: A test alert sent by docket send.
  alertname: Flood4
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  05a1641c0f4bfe52.1

P2 Flood5: A test alert sent by docket send.
  alertname: Flood5
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  a14eb76776fd0571.1

P2 Flood6: A test alert sent by docket send.
  alertname: Flood6
  severity: P2
  team: flood
  fired: 2026-11-27 16:40:35 UTC
  5762e22f2053bc30.1

','null','','',1795797645377349,1795797645398380);
INSERT INTO "effect" VALUES('tag/b7fe1b144af935e6.1',2,'tag',-5188679946713090586,1,'done',0,0,0,0,'11','','["auto:alert"]','','',1795797645398380,1795797645417266);
INSERT INTO "effect" VALUES('note/4c12e8cd08d589b5.1/investigated-1',3,'note',5481699663777466805,1,'done',1,0,1795797645952379,0,'10','admin looks into it: Investigate was clicked at 2026-11-27 16:40:45 UTC.
Checkout is down since 2026-11-27 16:40:35 UTC (10 seconds).
Last reading, 16:40:45 UTC: the connection was refused by 127.0.0.1:9
Probe: tcp 127.0.0.1:9 every 1s.
The last 10 readings: 0 good, 0 degraded, 10 down.
Turned down (was unknown) at 2026-11-27 16:40:35 UTC.
No other surface is in trouble.
Flag investigate.from_status was switched on by admin at 2026-11-27 16:40:45 UTC.
Runbook: https://example.org/runbook
Tile: http://127.0.0.1:18099/console/status/checkout
[note/4c12e8cd08d589b5.1/investigated-1]','null','','',1795797645908135,1795797645975553);
INSERT INTO "effect" VALUES('tag/4c12e8cd08d589b5.1/investigated-1',2,'tag',5481699663777466805,1,'done',0,0,0,0,'10','','["auto:status"]','','',1795797645908135,1795797645959652);
INSERT INTO "effect" VALUES('check/4c12e8cd08d589b5.1/investigated-1',2,'check',5481699663777466805,1,'done',0,0,0,0,'10','','null','','',1795797645908135,1795797645941885);
INSERT INTO "effect" VALUES('note/439af2c24b89aae8.1/recovered-0',3,'note',4871472863259503336,1,'done',1,0,1795797647387917,0,'4','Recovered: CameAndWent
The alert stopped firing at 2026-11-27 16:40:44 UTC, after 10s.
Please close the ticket once you have looked at it.
[note/439af2c24b89aae8.1/recovered-0]','null','','',1795797647377405,1795797647391582);
INSERT INTO "effect" VALUES('file/24e2a28e6cc6b5e4.2',4,'file',2657865462696031716,2,'done',1,0,1795797651436710,0,'12','','null','','',1795797651420840,1795797651451082);
INSERT INTO "effect" VALUES('tag/24e2a28e6cc6b5e4.2',2,'tag',2657865462696031716,2,'done',0,0,0,0,'12','','["auto:alert"]','','',1795797651451082,1795797651481066);
INSERT INTO "effect" VALUES('note/1a7c733c20038f07.1/recovered-0',3,'note',1908527044170583815,1,'done',1,0,1795797654417045,0,'1','Recovered: CheckoutDown
The alert stopped firing at 2026-11-27 16:40:51 UTC, after 17s.
Please close the ticket once you have looked at it.
[note/1a7c733c20038f07.1/recovered-0]','null','','',1795797654390506,1795797654443457);
INSERT INTO "effect" VALUES('file/6ac66668838160e3.1',1,'file',7693949612477997283,1,'queued',0,0,0,0,'','','null','','',1795797659844781,0);
CREATE TABLE expected (
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    heard_at_us BIGINT NOT NULL,
    PRIMARY KEY (source, title)
);
CREATE TABLE flag (
    name TEXT PRIMARY KEY,
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    changed_at_us INTEGER NOT NULL,
    changed_by TEXT NOT NULL
, why TEXT NOT NULL DEFAULT '');
INSERT INTO "flag" VALUES('investigate.from_status',1,1795797645852156,'admin','');
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO "goose_db_version" VALUES(1,0,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(2,1,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(3,8,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(4,9,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(5,10,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(6,11,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(7,12,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(8,13,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(9,14,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(10,15,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(11,17,1,'2026-11-27 16:40:33');
INSERT INTO "goose_db_version" VALUES(12,18,1,'2026-11-27 16:40:33');
CREATE TABLE heartbeat (
    surface TEXT PRIMARY KEY,
    at_us INTEGER NOT NULL
);
CREATE TABLE incident (
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    recipe INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'open', 'settling', 'recovered', 'closed')),
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    surface TEXT NOT NULL,
    link TEXT NOT NULL,
    route TEXT NOT NULL,
    opened_at_us INTEGER NOT NULL,
    fired_at_us INTEGER NOT NULL,
    recovered_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL,
    due_at_us INTEGER NOT NULL,
    fires INTEGER NOT NULL,
    fires_noted INTEGER NOT NULL,
    flap_noted_at_us INTEGER NOT NULL,
    recovery_noted_at_us INTEGER NOT NULL,
    doubted INTEGER NOT NULL CHECK (doubted IN (0, 1)),
    ticket_state TEXT NOT NULL CHECK (ticket_state IN ('none', 'asked', 'filed', 'closed')),
    ticket_desk TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    ticket_number TEXT NOT NULL,
    ticket_url TEXT NOT NULL,
    earlier TEXT NOT NULL,
    reason TEXT NOT NULL,
    timeline TEXT NOT NULL, ticket_known_at_us INTEGER NOT NULL DEFAULT 0, ticket_merged INTEGER NOT NULL DEFAULT 0 CHECK (ticket_merged IN (0, 1)), ticket_refiled INTEGER NOT NULL DEFAULT 0, inquiry TEXT NOT NULL DEFAULT '', gathers TEXT NOT NULL DEFAULT '' CHECK (gathers IN ('', 'storm', 'digest')), within_key INTEGER NOT NULL DEFAULT 0, within_generation INTEGER NOT NULL DEFAULT 0, acknowledged TEXT NOT NULL DEFAULT '', told TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (alert_key, generation),
    CHECK ((state = 'closed') = (live = 0)),
    CHECK ((state = 'closed') = (closed_at_us > 0)),
    CHECK ((ticket_state IN ('filed', 'closed')) = (ticket_id <> ''))
);
INSERT INTO "incident" VALUES(1908527044170583815,1,4,1,'recovered',1,1,'CheckoutDown','prometheus','','','shop',1795797634641443,1795797634641443,1795797651447655,0,0,0,0,0,1795797654390506,0,'filed','local','1','1','http://127.0.0.1:18099/api/v1/tickets/1','','recovered','[{"at":"2026-11-27T16:40:34.641443Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:34.744182Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"1"},{"at":"2026-11-27T16:40:51.447655Z","event":"alert_ended","to":"settling","reason":"settling"},{"at":"2026-11-27T16:40:54.390506Z","event":"time_came","to":"recovered","reason":"recovered"}]',1795797634744182,0,0,'','',0,0,'','recovered P1 filed 1');
INSERT INTO "incident" VALUES(6305121835726201832,1,2,1,'open',1,1,'CheckoutDown','prometheus','','','shop',1795797634689015,1795797634689015,0,0,0,0,0,0,0,0,'filed','local','2','2','http://127.0.0.1:18099/api/v1/tickets/2','','ticket_filed','[{"at":"2026-11-27T16:40:34.689015Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:34.809517Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"2"}]',1795797634809517,0,0,'','',0,0,'','firing P1 filed 2');
INSERT INTO "incident" VALUES(-6804501476227481631,1,2,1,'open',1,2,'DiskFull','prometheus','','','',1795797634759685,1795797634759685,0,0,0,0,0,0,0,0,'filed','local','3','3','http://127.0.0.1:18099/api/v1/tickets/3','','ticket_filed','[{"at":"2026-11-27T16:40:34.759685Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:34.830702Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"3"}]',1795797634830702,0,0,'','',0,0,'','firing P2 filed 3');
INSERT INTO "incident" VALUES(-4542517866250798590,1,1,1,'open',1,3,'BelowLevel','prometheus','','','',1795797634828202,1795797634828202,0,0,0,0,0,0,0,0,'none','','','','','','below_ticket_at','[{"at":"2026-11-27T16:40:34.828202Z","event":"alert_fired","to":"open","reason":"below_ticket_at"}]',0,0,0,'','',0,0,'','');
INSERT INTO "incident" VALUES(-5008861793738985980,1,1,1,'held',1,1,'HeldBack','prometheus','','','slow',1795797634913962,1795797634913962,0,0,1795801234913962,0,0,0,0,0,'none','','','','','','held','[{"at":"2026-11-27T16:40:34.913962Z","event":"alert_fired","to":"held","reason":"held"}]',0,0,0,'','',0,0,'','');
INSERT INTO "incident" VALUES(4871472863259503336,1,4,1,'recovered',1,2,'CameAndWent','prometheus','','','',1795797634960817,1795797634960817,1795797644603829,0,0,0,0,0,1795797647377405,0,'filed','local','4','4','http://127.0.0.1:18099/api/v1/tickets/4','','recovered','[{"at":"2026-11-27T16:40:34.960817Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:34.981716Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"4"},{"at":"2026-11-27T16:40:44.603829Z","event":"alert_ended","to":"settling","reason":"settling"},{"at":"2026-11-27T16:40:47.377405Z","event":"time_came","to":"recovered","reason":"recovered"}]',1795797634981716,0,0,'','',0,0,'','recovered P2 filed 4');
INSERT INTO "incident" VALUES(-5973332841446870432,1,3,1,'open',1,2,'ClosedByPerson','prometheus','','','',1795797634988543,1795797634988543,0,0,0,0,0,0,0,0,'closed','local','5','5','http://127.0.0.1:18099/api/v1/tickets/5','','closed_by_person','[{"at":"2026-11-27T16:40:34.988543Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:35.014399Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"5"},{"at":"2026-11-27T16:40:45.699874Z","event":"ticket_seen","to":"open","reason":"closed_by_person"}]',1795797645699874,0,0,'','',0,0,'','firing P2 closed 5');
INSERT INTO "incident" VALUES(-8659824622717513195,1,2,1,'open',1,2,'Flood1','prometheus','','','flood',1795797635025309,1795797635025309,0,0,0,0,0,0,0,0,'filed','local','6','6','http://127.0.0.1:18099/api/v1/tickets/6','','ticket_filed','[{"at":"2026-11-27T16:40:35.025309Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:35.100062Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"6"}]',1795797635100062,0,0,'','',0,0,'','firing P2 filed 6');
INSERT INTO "incident" VALUES(-3040659295709604140,1,2,1,'open',1,2,'Flood2','prometheus','','','flood',1795797635072507,1795797635072507,0,0,0,0,0,0,0,0,'filed','local','7','7','http://127.0.0.1:18099/api/v1/tickets/7','','ticket_filed','[{"at":"2026-11-27T16:40:35.072507Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:35.119111Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"7"}]',1795797635119111,0,0,'','',0,0,'','firing P2 filed 7');
INSERT INTO "incident" VALUES(-5188679946713090586,1,4,1,'open',1,2,'Alert storm on route flood','docket','','','flood',1795797635112862,1795797635112862,0,0,1795797676376822,0,0,0,0,0,'filed','local','11','11','http://127.0.0.1:18099/api/v1/tickets/11','','ticket_filed','[{"at":"2026-11-27T16:40:35.112862Z","event":"gathered","to":"open","reason":"gathering"},{"at":"2026-11-27T16:40:45.377349Z","event":"time_came","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:45.39838Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"11"}]',1795797645398380,0,0,'','storm',0,0,'','firing P2 filed 11');
INSERT INTO "incident" VALUES(4763207316722089307,1,2,1,'open',1,2,'Flood3','prometheus','','','flood',1795797635112862,1795797635112862,0,0,0,0,0,0,0,0,'filed','local','11','11','http://127.0.0.1:18099/api/v1/tickets/11','','listed','[{"at":"2026-11-27T16:40:35.112862Z","event":"alert_fired","to":"open","reason":"storm","detail":"b7fe1b144af935e6.1"},{"at":"2026-11-27T16:40:45.39838Z","event":"listed","to":"open","reason":"listed","detail":"11"}]',1795797645398380,0,0,'','',-5188679946713090586,1,'','');
INSERT INTO "incident" VALUES(405715513118555730,1,2,1,'open',1,2,'Flood4','prometheus','','','flood',1795797635157082,1795797635157082,0,0,0,0,0,0,0,0,'filed','local','11','11','http://127.0.0.1:18099/api/v1/tickets/11','','listed','[{"at":"2026-11-27T16:40:35.157082Z","event":"alert_fired","to":"open","reason":"storm","detail":"b7fe1b144af935e6.1"},{"at":"2026-11-27T16:40:45.39838Z","event":"listed","to":"open","reason":"listed","detail":"11"}]',1795797645398380,0,0,'','',-5188679946713090586,1,'','');
INSERT INTO "incident" VALUES(-6823314730413914767,1,2,1,'open',1,2,'Flood5','prometheus','','','flood',1795797635213299,1795797635213299,0,0,0,0,0,0,0,0,'filed','local','11','11','http://127.0.0.1:18099/api/v1/tickets/11','','listed','[{"at":"2026-11-27T16:40:35.213299Z","event":"alert_fired","to":"open","reason":"storm","detail":"b7fe1b144af935e6.1"},{"at":"2026-11-27T16:40:45.39838Z","event":"listed","to":"open","reason":"listed","detail":"11"}]',1795797645398380,0,0,'','',-5188679946713090586,1,'','');
INSERT INTO "incident" VALUES(6296843921051073584,1,2,1,'open',1,2,'Flood6','prometheus','','','flood',1795797635270422,1795797635270422,0,0,0,0,0,0,0,0,'filed','local','11','11','http://127.0.0.1:18099/api/v1/tickets/11','','listed','[{"at":"2026-11-27T16:40:35.270422Z","event":"alert_fired","to":"open","reason":"storm","detail":"b7fe1b144af935e6.1"},{"at":"2026-11-27T16:40:45.39838Z","event":"listed","to":"open","reason":"listed","detail":"11"}]',1795797645398380,0,0,'','',-5188679946713090586,1,'','');
INSERT INTO "incident" VALUES(5795736583548800299,1,1,1,'open',1,1,'Muted','prometheus','','','',1795797635371983,1795797635371983,0,0,1795801235298739,0,0,0,0,0,'none','','','','','','muted','[{"at":"2026-11-27T16:40:35.371983Z","event":"alert_fired","to":"open","reason":"muted","detail":"silence f5d4f956-75f3-4e7f-8b87-dede2233b5a8"}]',0,0,0,'','',0,0,'','');
INSERT INTO "incident" VALUES(7355200595595678084,1,2,1,'open',1,1,'StaysFiring','alertmanager','','http://prom.example.org/g','',1795797635418526,1795797635418526,0,0,0,0,0,0,0,0,'filed','local','8','8','http://127.0.0.1:18099/api/v1/tickets/8','','ticket_filed','[{"at":"2026-11-27T16:40:35.418526Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:35.447537Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"8"}]',1795797635447537,0,0,'','',0,0,'','firing P1 filed 8');
INSERT INTO "incident" VALUES(2657865462696031716,1,5,1,'closed',0,1,'FiresAgain','alertmanager','','http://prom.example.org/g','',1795797635483818,1795797635483818,1795797638518572,1795797650384972,0,0,0,0,1795797641377573,0,'closed','local','9','9','http://127.0.0.1:18099/api/v1/tickets/9','','closed_by_person','[{"at":"2026-11-27T16:40:35.483818Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:35.498503Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"9"},{"at":"2026-11-27T16:40:38.518572Z","event":"alert_ended","to":"settling","reason":"settling"},{"at":"2026-11-27T16:40:41.377573Z","event":"time_came","to":"recovered","reason":"recovered"},{"at":"2026-11-27T16:40:50.384972Z","event":"ticket_seen","to":"closed","reason":"closed_by_person"}]',1795797650384972,0,0,'','',0,0,'','recovered P1 closed 9');
INSERT INTO "incident" VALUES(5481699663777466805,1,4,1,'open',1,2,'Checkout is down','status','checkout','https://example.org/runbook','',1795797636323689,1795797636323689,0,0,0,0,0,0,0,0,'filed','local','10','10','http://127.0.0.1:18099/api/v1/tickets/10','','ticket_still_open','[{"at":"2026-11-27T16:40:36.323689Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:36.417877Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"10"},{"at":"2026-11-27T16:40:45.908135Z","event":"investigated","to":"open","reason":"investigate_joined","detail":"admin"},{"at":"2026-11-27T16:40:45.941885Z","event":"effect_answered","to":"open","reason":"ticket_still_open"}]',1795797636417877,0,0,'{"count":1,"at":"2026-11-27T16:40:45.908135Z","by":"admin","checked_at":"2026-11-27T16:40:45.908135Z","asked":false,"alone":false,"brief":"Checkout is down since 2026-11-27 16:40:35 UTC (10 seconds).\nLast reading, 16:40:45 UTC: the connection was refused by 127.0.0.1:9\nProbe: tcp 127.0.0.1:9 every 1s.\nThe last 10 readings: 0 good, 0 degraded, 10 down.\nTurned down (was unknown) at 2026-11-27 16:40:35 UTC.\nNo other surface is in trouble.\nFlag investigate.from_status was switched on by admin at 2026-11-27 16:40:45 UTC.\nRunbook: https://example.org/runbook\nTile: http://127.0.0.1:18099/console/status/checkout\n"}','',0,0,'','firing P2 filed 10');
INSERT INTO "incident" VALUES(2657865462696031716,2,2,1,'open',1,1,'FiresAgain','alertmanager','','http://prom.example.org/g','',1795797651420840,1795797651420840,0,0,0,0,0,0,0,0,'filed','local','12','12','http://127.0.0.1:18099/api/v1/tickets/12','{"state":"closed","desk":"local","id":"9","number":"9","url":"http://127.0.0.1:18099/api/v1/tickets/9","recovery_noted_at":"2026-11-27T16:40:41.377573Z"}','ticket_filed','[{"at":"2026-11-27T16:40:51.42084Z","event":"alert_fired","to":"open","reason":"ticket_asked"},{"at":"2026-11-27T16:40:51.451082Z","event":"effect_answered","to":"open","reason":"ticket_filed","detail":"12"}]',1795797651451082,0,0,'','',0,0,'','firing P1 filed 12');
INSERT INTO "incident" VALUES(7693949612477997283,1,1,1,'open',1,1,'PendingAtKill','alertmanager','','http://prom.example.org/g','',1795797659844781,1795797659844781,0,0,0,0,0,0,0,0,'asked','','','','','','ticket_asked','[{"at":"2026-11-27T16:40:59.844781Z","event":"alert_fired","to":"open","reason":"ticket_asked"}]',0,0,0,'','',0,0,'','firing P1 asked ');
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_us INTEGER NOT NULL,
    cursor_us INTEGER NOT NULL
);
INSERT INTO "lease" VALUES('reconcile local','vm 29966 1795797633499822165',0,1795797634375012);
INSERT INTO "lease" VALUES('watch local','vm 29966 1795797633499822165',1795797744374697,1795797651472687);
CREATE TABLE listing (
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    within_key INTEGER NOT NULL,
    within_generation INTEGER NOT NULL,
    added_at_us INTEGER NOT NULL,
    effect_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (alert_key, generation),
    FOREIGN KEY (alert_key, generation) REFERENCES incident (alert_key, generation)
);
INSERT INTO "listing" VALUES(4763207316722089307,1,-5188679946713090586,1,1795797635112862,'file/b7fe1b144af935e6.1');
INSERT INTO "listing" VALUES(405715513118555730,1,-5188679946713090586,1,1795797635157082,'file/b7fe1b144af935e6.1');
INSERT INTO "listing" VALUES(-6823314730413914767,1,-5188679946713090586,1,1795797635213299,'file/b7fe1b144af935e6.1');
INSERT INTO "listing" VALUES(6296843921051073584,1,-5188679946713090586,1,1795797635270422,'file/b7fe1b144af935e6.1');
CREATE TABLE login_try (
    subject TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    since_us BIGINT NOT NULL
);
CREATE TABLE maintenance (
    maintenance_id TEXT PRIMARY KEY,
    plan TEXT NOT NULL,
    comment TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    -- When somebody ended it for good, 0 for not (yet), and who.
    ended_at_us INTEGER NOT NULL DEFAULT 0,
    ended_by TEXT NOT NULL DEFAULT ''
);
INSERT INTO "maintenance" VALUES('f3cc77f2-4ce6-400d-9b36-e3243dc31cfb','{"name":"nightly","matchers":["team=\"batch\""],"weekdays":["monday","tuesday"],"from":"02:00","until":"03:00","zone":"Europe/Berlin"}','fixture','admin',1795797635336066,0,'');
CREATE TABLE notice (
    notice_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    notifier TEXT NOT NULL,
    recipient TEXT NOT NULL,
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    text TEXT NOT NULL,
    wanted TEXT NOT NULL,
    sending TEXT NOT NULL,
    told TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'told', 'failed')),
    attempt INTEGER NOT NULL,
    fails INTEGER NOT NULL,
    sent_at_us INTEGER NOT NULL,
    not_before_us INTEGER NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    doubts INTEGER NOT NULL,
    fault TEXT NOT NULL,
    detail TEXT NOT NULL,
    asked_at_us INTEGER NOT NULL,
    told_at_us INTEGER NOT NULL
);
INSERT INTO "notice" VALUES('1a7c733c20038f07.1/webhook:pager/pager',7,'webhook:pager','pager',1908527044170583815,1,'','recovered P1 filed 1','','recovered P1 filed 1','told',2,0,1795797655436933,1795797656448633,'pager','1a7c733c20038f07.1/webhook:pager/pager',0,'','',1795797654390506,1795797655448633);
INSERT INTO "notice" VALUES('57804ae75404e3e8.1/webhook:pager/pager',4,'webhook:pager','pager',6305121835726201832,1,'','firing P1 filed 2','','firing P1 filed 2','told',1,0,1795797654378168,1795797655411122,'pager','57804ae75404e3e8.1/webhook:pager/pager',0,'','',1795797634809517,1795797654411122);
INSERT INTO "notice" VALUES('a1918df58bd6ffe1.1/webhook:pager/pager',4,'webhook:pager','pager',-6804501476227481631,1,'','firing P2 filed 3','','firing P2 filed 3','told',1,0,1795797637600119,1795797638698931,'pager','a1918df58bd6ffe1.1/webhook:pager/pager',0,'','',1795797634830702,1795797637698931);
INSERT INTO "notice" VALUES('439af2c24b89aae8.1/webhook:pager/pager',7,'webhook:pager','pager',4871472863259503336,1,'','recovered P2 filed 4','','recovered P2 filed 4','told',2,0,1795797650256665,1795797651289231,'pager','439af2c24b89aae8.1/webhook:pager/pager',0,'','',1795797647377405,1795797650289231);
INSERT INTO "notice" VALUES('ad1a756dc4627260.1/webhook:pager/pager',5,'webhook:pager','pager',-5973332841446870432,1,'','firing P2 closed 5','','firing P2 closed 5','told',1,0,1795797646093117,1795797647112412,'pager','ad1a756dc4627260.1/webhook:pager/pager',0,'','',1795797645699874,1795797646112412);
INSERT INTO "notice" VALUES('87d21f6329bdd215.1/webhook:pager/pager',4,'webhook:pager','pager',-8659824622717513195,1,'','firing P2 filed 6','','firing P2 filed 6','told',1,0,1795797643552102,1795797644683630,'pager','87d21f6329bdd215.1/webhook:pager/pager',0,'','',1795797635100062,1795797643683630);
INSERT INTO "notice" VALUES('d5cd687b0c3d56d4.1/webhook:pager/pager',4,'webhook:pager','pager',-3040659295709604140,1,'','firing P2 filed 7','','firing P2 filed 7','told',1,0,1795797651274308,1795797652280653,'pager','d5cd687b0c3d56d4.1/webhook:pager/pager',0,'','',1795797635119111,1795797651280653);
INSERT INTO "notice" VALUES('b7fe1b144af935e6.1/webhook:pager/pager',7,'webhook:pager','pager',-5188679946713090586,1,'','firing P2 filed 11','','firing P2 filed 11','told',2,0,1795797648209923,1795797649228032,'pager','b7fe1b144af935e6.1/webhook:pager/pager',0,'','',1795797645398380,1795797648228032);
INSERT INTO "notice" VALUES('6612ebf8e038d184.1/webhook:pager/pager',4,'webhook:pager','pager',7355200595595678084,1,'','firing P1 filed 8','','firing P1 filed 8','told',1,0,1795797638645138,1795797639659370,'pager','6612ebf8e038d184.1/webhook:pager/pager',0,'','',1795797635447537,1795797638659370);
INSERT INTO "notice" VALUES('24e2a28e6cc6b5e4.1/webhook:pager/pager',10,'webhook:pager','pager',2657865462696031716,1,'','recovered P1 closed 9','','recovered P1 closed 9','told',3,0,1795797656455714,1795797657466580,'pager','24e2a28e6cc6b5e4.1/webhook:pager/pager',0,'','',1795797650384972,1795797656466580);
INSERT INTO "notice" VALUES('4c12e8cd08d589b5.1/webhook:pager/pager',4,'webhook:pager','pager',5481699663777466805,1,'','firing P2 filed 10','','firing P2 filed 10','told',1,0,1795797647113923,1795797648143760,'pager','4c12e8cd08d589b5.1/webhook:pager/pager',0,'','',1795797636417877,1795797647143760);
INSERT INTO "notice" VALUES('24e2a28e6cc6b5e4.2/webhook:pager/pager',4,'webhook:pager','pager',2657865462696031716,2,'','firing P1 filed 12','','firing P1 filed 12','told',1,0,1795797652386314,1795797653411619,'pager','24e2a28e6cc6b5e4.2/webhook:pager/pager',0,'','',1795797651451082,1795797652411619);
INSERT INTO "notice" VALUES('6ac66668838160e3.1/webhook:pager/pager',1,'webhook:pager','pager',7693949612477997283,1,'','firing P1 asked ','','','waiting',0,0,0,0,'','',0,'','',1795797659844781,0);
CREATE TABLE outage (
    desk TEXT PRIMARY KEY,
    began_at_us INTEGER NOT NULL,
    ended_at_us INTEGER NOT NULL,
    told_at_us INTEGER NOT NULL,
    fault TEXT NOT NULL,
    sentence TEXT NOT NULL
);
CREATE TABLE pulse (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    beat_at_us INTEGER NOT NULL
);
INSERT INTO "pulse" VALUES(1,1795797634607237);
CREATE TABLE reading (
    surface_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    status TEXT NOT NULL,
    latency_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (surface_id, at_us)
) WITHOUT ROWID;
INSERT INTO "reading" VALUES(1,1795797635318250,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797636318387,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797637317987,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797638318941,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797639318480,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797640318527,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797641318766,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797642318637,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797643323595,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797644318560,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797645318170,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797646318937,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797647318411,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797648318345,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797649318188,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797650318984,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797651318914,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797652318406,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797653318925,'down',0,'the connection was refused by 127.0.0.1:9');
INSERT INTO "reading" VALUES(1,1795797654318763,'down',0,'the connection was refused by 127.0.0.1:9');
CREATE TABLE reading_sum (
    span INTEGER NOT NULL,
    surface_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    operational INTEGER NOT NULL,
    degraded INTEGER NOT NULL,
    down INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    total_us INTEGER NOT NULL,
    slowest_us INTEGER NOT NULL,
    PRIMARY KEY (span, surface_id, at_us)
) WITHOUT ROWID;
INSERT INTO "reading_sum" VALUES(3600,1,1795795200000000,0,0,25,0,0,0,0);
INSERT INTO "reading_sum" VALUES(3600,2,1795795200000000,25,0,0,0,25,16149,4302);
INSERT INTO "reading_sum" VALUES(86400,1,1795737600000000,0,0,25,0,0,0,0);
INSERT INTO "reading_sum" VALUES(86400,2,1795737600000000,25,0,0,0,25,16149,4302);
CREATE TABLE resettled (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    switched INTEGER NOT NULL
);
INSERT INTO "resettled" VALUES(1,4);
CREATE TABLE river_job (
    id integer PRIMARY KEY AUTOINCREMENT,
    args blob NOT NULL DEFAULT (jsonb('{}')),
    attempt integer NOT NULL DEFAULT 0,
    attempted_at timestamp,
    attempted_by blob, -- json
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    errors blob, -- json
    finalized_at timestamp,
    kind text NOT NULL,
    max_attempts integer NOT NULL DEFAULT 25,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    priority integer NOT NULL DEFAULT 1,
    queue text NOT NULL DEFAULT 'default',
    state text NOT NULL DEFAULT 'available',
    scheduled_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tags blob NOT NULL DEFAULT (jsonb('[]')),
    unique_key blob,
    unique_states integer,
    CONSTRAINT finalized_or_finalized_at_null CHECK (
        (finalized_at IS NULL AND state NOT IN ('cancelled', 'completed', 'discarded')) OR
        (finalized_at IS NOT NULL AND state IN ('cancelled', 'completed', 'discarded'))
    ),
    CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
    CONSTRAINT queue_length CHECK (length(queue) > 0 AND length(queue) < 128),
    CONSTRAINT kind_length CHECK (length(kind) > 0 AND length(kind) < 128),
    CONSTRAINT state_valid CHECK (state IN ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled'))
);
INSERT INTO "river_job" VALUES(1,X'CC23976566666563745F6964C71766696C652F316137633733336332303033386630372E31',1,'2026-11-27 16:40:34.656',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.645',NULL,'2026-11-27 16:40:34.759','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71035383338333238633237303434363032',1,'desk','completed','2026-11-27 16:40:34.645',X'0B',X'4A38D6B7F85C6529E86D239B724A84E1FCD871E94505158A83AE1390810D19A3',241);
INSERT INTO "river_job" VALUES(2,X'CC4A976E6F746963655F6964C726316137633733336332303033386630372E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334363431343433',1,'2026-11-27 16:40:34.661',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.645',NULL,'2026-11-27 16:40:34.745','notice',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71065353865363862383531376634656364',1,'notice','completed','2026-11-27 16:40:34.645',X'0B',X'C91DC5B09D4C821665B72BAFF479D71E690A58FA2FAAEF3D8B9370655588C00A',241);
INSERT INTO "river_job" VALUES(3,X'CC23976566666563745F6964C71766696C652F353738303461653735343034653365382E31',1,'2026-11-27 16:40:34.709',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.699',NULL,'2026-11-27 16:40:34.822','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71032633531613762623738346337313064',1,'desk','completed','2026-11-27 16:40:34.699',X'0B',X'ACEE7BAB387D1E02D3AC10A2C080E838B6A69F80DAC9886789EFE2BA96F54ADB',241);
INSERT INTO "river_job" VALUES(4,X'CC4A976E6F746963655F6964C726353738303461653735343034653365382E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334363839303135',1,'2026-11-27 16:40:54.372',X'DB01D1C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.699',NULL,'2026-11-27 16:40:54.414','notice',30000,X'CC31C71272697665723A756E697175655F6E6F6E6365C7106664633363616366386139353732656477736E6F6F7A6573233134',1,'notice','completed','2026-11-27 16:40:53.375',X'0B',X'9725BCAC05CF63EDD63A5731E2D4B06BFD6E10A058BD5B80403598301FA1724D',241);
INSERT INTO "river_job" VALUES(5,X'CC22976566666563745F6964C7167461672F316137633733336332303033386630372E31',1,'2026-11-27 16:40:34.762',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.749',NULL,'2026-11-27 16:40:34.810','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71033343633656533393632633364643130',4,'desk','completed','2026-11-27 16:40:34.749',X'0B',X'8783C3E2EF2D9167442BFF017A4614465931B2AC99CF1A056D25C7D5FCC3F35E',241);
INSERT INTO "river_job" VALUES(6,X'CC4A976E6F746963655F6964C726316137633733336332303033386630372E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334373434313832',1,'2026-11-27 16:40:55.413',X'DB01F0C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.749',NULL,'2026-11-27 16:40:55.457','notice',30000,X'CC31C71272697665723A756E697175655F6E6F6E6365C7106332643839343730626538616538653577736E6F6F7A6573233135',1,'notice','completed','2026-11-27 16:40:55.376',X'0B',X'996ABF42508C3D8D4EF04914D0A1EC3E07AC92D5F1F11D12D5E7163D00EC0A70',241);
INSERT INTO "river_job" VALUES(7,X'CC23976566666563745F6964C71766696C652F613139313864663538626436666665312E31',1,'2026-11-27 16:40:34.776',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.771',NULL,'2026-11-27 16:40:34.843','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71034633932663839303336393366343661',2,'desk','completed','2026-11-27 16:40:34.771',X'0B',X'30F87A7D6ECB1D89651576943E83AA2D30F83AD8C43B98F68483605FB47AF45C',241);
INSERT INTO "river_job" VALUES(8,X'CC4A976E6F746963655F6964C726613139313864663538626436666665312E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334373539363835',1,'2026-11-27 16:40:38.641',X'CB7CC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.771',NULL,'2026-11-27 16:40:38.647','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106138336362356631383130636139343977736E6F6F7A65731333',2,'notice','completed','2026-11-27 16:40:38.600',X'0B',X'726A541D6D17F41C949FC93E944A0D425AB66A9391FDE82BAE35049DF28610C5',241);
INSERT INTO "river_job" VALUES(9,X'CC22976566666563745F6964C7167461672F353738303461653735343034653365382E31',1,'2026-11-27 16:40:34.820',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.816',NULL,'2026-11-27 16:40:34.831','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71030313666353138663734356333393631',4,'desk','completed','2026-11-27 16:40:34.816',X'0B',X'A37DF279D56C2CCD7C01172FD6663C293091EDB36EF35C0A4C7DB547C78E183C',241);
INSERT INTO "river_job" VALUES(10,X'CC4A976E6F746963655F6964C726353738303461653735343034653365382E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334383039353137',1,'2026-11-27 16:40:55.413',X'DB01F0C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.816',NULL,'2026-11-27 16:40:55.438','notice',30000,X'CC31C71272697665723A756E697175655F6E6F6E6365C7103761623562323463306364633066613277736E6F6F7A6573233135',1,'notice','completed','2026-11-27 16:40:55.376',X'0B',X'4C7953FE9A66744B69716F43B82ED7E1EECCC25381D184D2514AA086F5DAED10',241);
INSERT INTO "river_job" VALUES(11,X'CC22976566666563745F6964C7167461672F613139313864663538626436666665312E31',1,'2026-11-27 16:40:34.841',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.833',NULL,'2026-11-27 16:40:34.868','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71063383033343366323864393136373233',4,'desk','completed','2026-11-27 16:40:34.833',X'0B',X'D7E4172071FA1EA854782DF262DC23E7BCB8FF3B8CDCF960971158D7368CA57C',241);
INSERT INTO "river_job" VALUES(12,X'CC4A976E6F746963655F6964C726613139313864663538626436666665312E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334383330373032',1,'2026-11-27 16:40:37.577',X'CB5DC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.833',NULL,'2026-11-27 16:40:37.718','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106362653830663736643363326164396277736E6F6F7A65731332',2,'notice','completed','2026-11-27 16:40:37.368',X'0B',X'1D44E8DE371E766296F11443AEB60A9F40FDFBA884EA015D7079953A55B8A76E',241);
INSERT INTO "river_job" VALUES(13,X'CC23976566666563745F6964C71766696C652F343339616632633234623839616165382E31',1,'2026-11-27 16:40:34.970',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.962',NULL,'2026-11-27 16:40:34.988','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71066363633303365353936303537303165',2,'desk','completed','2026-11-27 16:40:34.962',X'0B',X'5C239F52C94E1AB38629F3053C698ACB0A20BA7A7905F9ADBE9073C6EBAA01E0',241);
INSERT INTO "river_job" VALUES(14,X'CC4A976E6F746963655F6964C726343339616632633234623839616165382E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334393630383137',1,'2026-11-27 16:40:39.705',X'CB9BC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.962',NULL,'2026-11-27 16:40:39.771','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103230616263643232326265623839336277736E6F6F7A65731334',2,'notice','completed','2026-11-27 16:40:39.645',X'0B',X'E45B2CA7720E1BAC16D85F8405D39363246F47ED5C891112113FDBC958137201',241);
INSERT INTO "river_job" VALUES(15,X'CC22976566666563745F6964C7167461672F343339616632633234623839616165382E31',1,'2026-11-27 16:40:34.987',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.983',NULL,'2026-11-27 16:40:35.007','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71034323236313739663161323966396463',4,'desk','completed','2026-11-27 16:40:34.983',X'0B',X'799769FCBC58066A7D8C93D1960748EBF3D8CE0F7F558E2EB372CDBA7D2D200D',241);
INSERT INTO "river_job" VALUES(16,X'CC4A976E6F746963655F6964C726343339616632633234623839616165382E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334393831373136',1,'2026-11-27 16:40:41.402',X'CBBAC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.983',NULL,'2026-11-27 16:40:41.409','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106136666331663534373830623539386177736E6F6F7A65731335',2,'notice','completed','2026-11-27 16:40:40.713',X'0B',X'E90672F014D7A20076CE32413A6645AE6907DE557202AB2E3D97A86E72517E13',241);
INSERT INTO "river_job" VALUES(17,X'CC23976566666563745F6964C71766696C652F616431613735366463343632373236302E31',1,'2026-11-27 16:40:35.002',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.999',NULL,'2026-11-27 16:40:35.020','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71066366436303861373735656238383165',2,'desk','completed','2026-11-27 16:40:34.999',X'0B',X'A30B29AD5724014BDA9D9A4E8241CC7A68058B1EF3A994B57BC637EE1C368CD8',241);
INSERT INTO "river_job" VALUES(18,X'CC4A976E6F746963655F6964C726616431613735366463343632373236302E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363334393838353433',1,'2026-11-27 16:40:47.103',X'DB0136C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:34.999',NULL,'2026-11-27 16:40:47.138','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106633353062316535643430383632363477736E6F6F7A65731339',2,'notice','completed','2026-11-27 16:40:47.077',X'0B',X'99E80867A21322669F360DA8BC8B9341AD6E38BF2E917848AC75BFB6A43771AE',241);
INSERT INTO "river_job" VALUES(19,X'CC22976566666563745F6964C7167461672F616431613735366463343632373236302E31',1,'2026-11-27 16:40:35.020',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.015',NULL,'2026-11-27 16:40:35.068','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71065636462303363333533323031363762',4,'desk','completed','2026-11-27 16:40:35.015',X'0B',X'84E0ABD4C19796E60A98D09D9AD3C15F2D462CBD4FA9E1F716CDFF5AF7A024FA',241);
INSERT INTO "river_job" VALUES(20,X'CC4A976E6F746963655F6964C726616431613735366463343632373236302E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335303134333939',1,'2026-11-27 16:40:46.066',X'DB0117C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.015',NULL,'2026-11-27 16:40:46.126','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103839326538313964303432616663643477736E6F6F7A65731338',2,'notice','completed','2026-11-27 16:40:46.008',X'0B',X'D054ACEB317B5A663A3D4F2C7F8FEB463BBD3A5BE3985B230CBC23604898E67C',241);
INSERT INTO "river_job" VALUES(21,X'CC23976566666563745F6964C71766696C652F383764323166363332396264643231352E31',1,'2026-11-27 16:40:35.043',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.029',NULL,'2026-11-27 16:40:35.104','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71061646466306462316232616663373838',2,'desk','completed','2026-11-27 16:40:35.029',X'0B',X'FC7E0DC405BE7D01D94197D0868C2F2C6B55617ECBBF7D4DD50E67B745B1702D',241);
INSERT INTO "river_job" VALUES(22,X'CC4A976E6F746963655F6964C726383764323166363332396264643231352E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335303235333039',1,'2026-11-27 16:40:44.984',X'CBF8C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.029',NULL,'2026-11-27 16:40:45.013','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106137396439616165626532346331343677736E6F6F7A65731337',2,'notice','completed','2026-11-27 16:40:44.551',X'0B',X'29F5538AD00A1E2677633984657FBE75F10D651491AAAE5646568143B7DE6F77',241);
INSERT INTO "river_job" VALUES(23,X'CC23976566666563745F6964C71766696C652F643563643638376230633364353664342E31',1,'2026-11-27 16:40:35.088',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.078',NULL,'2026-11-27 16:40:35.132','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71065326434626564643037343764396363',2,'desk','completed','2026-11-27 16:40:35.078',X'0B',X'1C844A728170DDDFCDDEE142E52315587C0F75EE956FEFDE1E1895014B71E423',241);
INSERT INTO "river_job" VALUES(24,X'CC4A976E6F746963655F6964C726643563643638376230633364353664342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335303732353037',1,'2026-11-27 16:40:51.264',X'DB0193C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.078',NULL,'2026-11-27 16:40:51.284','notice',30000,X'CC31C71272697665723A756E697175655F6E6F6E6365C7106339393239613939643533346339313777736E6F6F7A6573233132',2,'notice','completed','2026-11-27 16:40:51.256',X'0B',X'6393B57F48801F6DA2AF4CB78DA1F0D9E397D7866191CAA2116230A4F79BC869',241);
INSERT INTO "river_job" VALUES(25,X'CC22976566666563745F6964C7167461672F383764323166363332396264643231352E31',1,'2026-11-27 16:40:35.108',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.101',NULL,'2026-11-27 16:40:35.132','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71065616530366166623066636133313731',4,'desk','completed','2026-11-27 16:40:35.101',X'0B',X'C8B6227226C65FF94A1B4ACB96C4F8C039904F8FBFCF3EF1EA422AB3B5034C62',241);
INSERT INTO "river_job" VALUES(26,X'CC4A976E6F746963655F6964C726383764323166363332396264643231352E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335313030303632',1,'2026-11-27 16:40:42.840',X'CBD9C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.101',NULL,'2026-11-27 16:40:43.768','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103033356665646335333762386331636277736E6F6F7A65731336',2,'notice','completed','2026-11-27 16:40:42.407',X'0B',X'F5B4F14D36796C1EC92B0FEA6A9B56AF7EE1498F58297E5205E218EE969BBED2',241);
INSERT INTO "river_job" VALUES(27,X'CC4A976E6F746963655F6964C726623766653162313434616639333565362E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335313132383632',1,'2026-11-27 16:40:44.984',X'CBF8C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.116',NULL,'2026-11-27 16:40:45.042','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103336633831396464313362366536643477736E6F6F7A65731337',2,'notice','completed','2026-11-27 16:40:44.551',X'0B',X'E79A56CCBB0ABEA58F3061B5CAE94C5D06C837A9D9E8EDA5F9FD6D599FC50326',241);
INSERT INTO "river_job" VALUES(28,X'CC22976566666563745F6964C7167461672F643563643638376230633364353664342E31',1,'2026-11-27 16:40:35.132',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.127',NULL,'2026-11-27 16:40:35.152','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71035656434396465333639383166616135',4,'desk','completed','2026-11-27 16:40:35.127',X'0B',X'D540B45B0C01916220330D47295A8A191D66FD04569BE28C1738A0CC0E6DCACD',241);
INSERT INTO "river_job" VALUES(29,X'CC4A976E6F746963655F6964C726643563643638376230633364353664342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335313139313131',1,'2026-11-27 16:40:52.342',X'DB01B2C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.127',NULL,'2026-11-27 16:40:52.387','notice',30000,X'CC31C71272697665723A756E697175655F6E6F6E6365C7103831363631623366376236383832303377736E6F6F7A6573233133',2,'notice','completed','2026-11-27 16:40:52.274',X'0B',X'D6AFD1C31BA5D810F942DE1C177576000EB8FCB4B8A9CA9B2F7D0C260085F1F1',241);
INSERT INTO "river_job" VALUES(30,X'CC23976566666563745F6964C71766696C652F363631326562663865303338643138342E31',1,'2026-11-27 16:40:35.433',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.421',NULL,'2026-11-27 16:40:35.454','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71062393333316233623264353930306530',1,'desk','completed','2026-11-27 16:40:35.421',X'0B',X'8F14C9F71BC66391E0000FE0B0E642F68ADD766E1BDA4DDD4993F59510E83E53',241);
INSERT INTO "river_job" VALUES(31,X'CC4A976E6F746963655F6964C726363631326562663865303338643138342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335343138353236',1,'2026-11-27 16:40:39.705',X'CB9BC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.421',NULL,'2026-11-27 16:40:39.716','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103632306630633566643537613633383677736E6F6F7A65731334',1,'notice','completed','2026-11-27 16:40:39.645',X'0B',X'3F8D4290B80E67B029DBEA235833AB6A703350C09DFA42ABD9584987A34EF0F0',241);
INSERT INTO "river_job" VALUES(32,X'CC22976566666563745F6964C7167461672F363631326562663865303338643138342E31',1,'2026-11-27 16:40:35.453',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.449',NULL,'2026-11-27 16:40:35.463','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71035386365623661306233393633313137',4,'desk','completed','2026-11-27 16:40:35.449',X'0B',X'A1A4CE912A43DE6D560E289D36F26C4EE38BD26DAFB3FB9094ABFB0885F6FFF5',241);
INSERT INTO "river_job" VALUES(33,X'CC4A976E6F746963655F6964C726363631326562663865303338643138342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335343437353337',1,'2026-11-27 16:40:38.641',X'CB7CC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.449',NULL,'2026-11-27 16:40:38.673','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103463623061313062313932303366626177736E6F6F7A65731333',1,'notice','completed','2026-11-27 16:40:38.600',X'0B',X'B2EEB1A57E8A2A34CABC3A9C0D968E2F7CFAF545D99C018634042E15448628DA',241);
INSERT INTO "river_job" VALUES(34,X'CC23976566666563745F6964C71766696C652F323465326132386536636336623565342E31',1,'2026-11-27 16:40:35.490',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.485',NULL,'2026-11-27 16:40:35.504','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71030313261376437343039353666376634',1,'desk','completed','2026-11-27 16:40:35.485',X'0B',X'3E10B8F7BE64CD85E25D65720977357FD11FA0E20C4722BE7EFE2DADC9CF33BB',241);
INSERT INTO "river_job" VALUES(35,X'CC4A976E6F746963655F6964C726323465326132386536636336623565342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335343833383138',1,'2026-11-27 16:40:37.577',X'CB5DC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.485',NULL,'2026-11-27 16:40:37.599','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106264626636353532373730636130336577736E6F6F7A65731332',1,'notice','completed','2026-11-27 16:40:37.368',X'0B',X'7FDDC0ED292DFBEA87ACF8F70BE12A82D624A85534AC05128D5252A8676F64A8',241);
INSERT INTO "river_job" VALUES(36,X'CC22976566666563745F6964C7167461672F323465326132386536636336623565342E31',1,'2026-11-27 16:40:35.504',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.500',NULL,'2026-11-27 16:40:35.511','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71036343835653336633661303834613338',4,'desk','completed','2026-11-27 16:40:35.500',X'0B',X'E6829376865AF6069274519EF4CFF17648D694A50C167B5DC9A3FC0619226E46',241);
INSERT INTO "river_job" VALUES(37,X'CC4A976E6F746963655F6964C726323465326132386536636336623565342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363335343938353033',1,'2026-11-27 16:40:36.357',X'CB3EC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:35.500',NULL,'2026-11-27 16:40:36.411','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103833343931303465663134303135356277736E6F6F7A65731331',1,'notice','completed','2026-11-27 16:40:35.685',X'0B',X'6DCE5A1F3C41506B6735F26C4BD4F19D66406A8FFB1560AC2EACB473B8D3C17A',241);
INSERT INTO "river_job" VALUES(38,X'CC23976566666563745F6964C71766696C652F346331326538636430386435383962352E31',1,'2026-11-27 16:40:36.346',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:36.326',NULL,'2026-11-27 16:40:36.426','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71037343933366137386162333962306638',2,'desk','completed','2026-11-27 16:40:36.326',X'0B',X'DE3067B4EED2A69454337413886B0566CB13F654BC3B6AB7CB0C5D61ED335FA1',241);
INSERT INTO "river_job" VALUES(39,X'CC4A976E6F746963655F6964C726346331326538636430386435383962352E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363336333233363839',1,'2026-11-27 16:40:48.163',X'DB0136C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:36.326',NULL,'2026-11-27 16:40:48.218','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103738653662653533313236306436383577736E6F6F7A65731339',2,'notice','completed','2026-11-27 16:40:48.114',X'0B',X'6B1E85ED107B197AAD49AF97F83E4C4D6348DB2A99E9DD171F79E5F4EDDED360',241);
INSERT INTO "river_job" VALUES(40,X'CC22976566666563745F6964C7167461672F346331326538636430386435383962352E31',1,'2026-11-27 16:40:36.429',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:36.421',NULL,'2026-11-27 16:40:36.457','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71033303836396432636439303836643662',4,'desk','completed','2026-11-27 16:40:36.421',X'0B',X'8C66E63815DBBA1F268D73E312E2568211C23CFC2A51C931EAE75B1ED6AC3104',241);
INSERT INTO "river_job" VALUES(41,X'CC4A976E6F746963655F6964C726346331326538636430386435383962352E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363336343137383737',1,'2026-11-27 16:40:47.103',X'DB0117C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:36.421',NULL,'2026-11-27 16:40:47.166','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103136323736356230653736336534636177736E6F6F7A65731338',2,'notice','completed','2026-11-27 16:40:47.077',X'0B',X'F958926CB0047DF78269F6B8A4C728A2F0E22906942A9B910358F0B99130D2A7',241);
INSERT INTO "river_job" VALUES(42,X'CC2F976566666563745F6964C7236E6F74652F323465326132386536636336623565342E312F7265636F76657265642D30',1,'2026-11-27 16:40:41.395',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:41.379',NULL,'2026-11-27 16:40:41.504','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71034653735366361623931623737636563',4,'desk','completed','2026-11-27 16:40:41.379',X'0B',X'ED00A509D11E274F83B50245A65C2A100E72E8A8571A54EA977B9BF1ECD0C8A5',241);
INSERT INTO "river_job" VALUES(43,X'CC4A976E6F746963655F6964C726323465326132386536636336623565342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363431333737353733',1,'2026-11-27 16:40:41.402',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:41.379',NULL,'2026-11-27 16:40:41.524','notice',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71032633330343061646365343338653739',1,'notice','completed','2026-11-27 16:40:41.379',X'0B',X'75EA6A9ED1023644B04C340232DD1FECC563FC60F1D56B429CD66AF7DFBB4E48',241);
INSERT INTO "river_job" VALUES(44,X'CC23976566666563745F6964C71766696C652F623766653162313434616639333565362E31',1,'2026-11-27 16:40:45.390',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.381',NULL,'2026-11-27 16:40:45.410','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71034613833336333613633323965303462',2,'desk','completed','2026-11-27 16:40:45.381',X'0B',X'BC0B032BE1D748120A6BD2844CA31602E4DA2CF3158EA699D0286F69910FC4BC',241);
INSERT INTO "river_job" VALUES(45,X'CC4A976E6F746963655F6964C726623766653162313434616639333565362E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363435333737333439',1,'2026-11-27 16:40:50.239',X'CB9BC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.381',NULL,'2026-11-27 16:40:50.264','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103937633461356366336239366263373177736E6F6F7A65731334',2,'notice','completed','2026-11-27 16:40:49.209',X'0B',X'E0151386A4D3AB3EB349C0372CB7FD158002C5A3B669169A1D7A9D045CA9E25E',241);
INSERT INTO "river_job" VALUES(46,X'CC22976566666563745F6964C7167461672F623766653162313434616639333565362E31',1,'2026-11-27 16:40:45.412',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.401',NULL,'2026-11-27 16:40:45.421','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71036633463663331303335356533316164',4,'desk','completed','2026-11-27 16:40:45.401',X'0B',X'61185B0B09A2A81A78EDADE0E8C990DDE609B8E2E4B506F60B337DF1C0E12C12',241);
INSERT INTO "river_job" VALUES(47,X'CC4A976E6F746963655F6964C726623766653162313434616639333565362E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363435333938333830',1,'2026-11-27 16:40:48.163',X'CB7CC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.401',NULL,'2026-11-27 16:40:48.241','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103430613231396463653765623365336677736E6F6F7A65731333',2,'notice','completed','2026-11-27 16:40:48.114',X'0B',X'2758E6725FA996F5380A70B9BE705C10ED0A1B8D54599593B001683996734CAD',241);
INSERT INTO "river_job" VALUES(48,X'CC4A976E6F746963655F6964C726616431613735366463343632373236302E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363435363939383734',1,'2026-11-27 16:40:46.127',X'CB3EC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.701',NULL,'2026-11-27 16:40:46.140','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106236383132663565366365313163373877736E6F6F7A65731331',2,'notice','completed','2026-11-27 16:40:46.008',X'0B',X'08E161E38B32C9D8C7A4E62738F264F0AA61DC4C3AE661EC0FA5DCA6A45B51E6',241);
INSERT INTO "river_job" VALUES(49,X'CC32976566666563745F6964C7266E6F74652F346331326538636430386435383962352E312F696E766573746967617465642D31',1,'2026-11-27 16:40:45.927',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.916',NULL,'2026-11-27 16:40:45.979','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71063343338663162333034356631643336',4,'desk','completed','2026-11-27 16:40:45.916',X'0B',X'F294A58DB9811BD5EB2683E0CEB0B583A360B0D60DC3A176DC88948E279B899C',241);
INSERT INTO "river_job" VALUES(50,X'CC31976566666563745F6964C7257461672F346331326538636430386435383962352E312F696E766573746967617465642D31',1,'2026-11-27 16:40:45.927',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.916',NULL,'2026-11-27 16:40:45.970','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71033303165393039366261343034386330',4,'desk','completed','2026-11-27 16:40:45.916',X'0B',X'5D265E27332635236C23E9A218145D2DFA59BAA34216C22E78B2C5768D1166A9',241);
INSERT INTO "river_job" VALUES(51,X'CC33976566666563745F6964C727636865636B2F346331326538636430386435383962352E312F696E766573746967617465642D31',1,'2026-11-27 16:40:45.927',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:45.916',NULL,'2026-11-27 16:40:45.954','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71063666236303264613735623261313636',4,'desk','completed','2026-11-27 16:40:45.916',X'0B',X'D5817BC86008ACE7647BDEED9FB07467BF7CC64A5C051F13BAF0B71B68931020',241);
INSERT INTO "river_job" VALUES(52,X'CC2F976566666563745F6964C7236E6F74652F343339616632633234623839616165382E312F7265636F76657265642D30',1,'2026-11-27 16:40:47.384',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:47.379',NULL,'2026-11-27 16:40:47.394','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71035396638393064323534303138623563',4,'desk','completed','2026-11-27 16:40:47.379',X'0B',X'F91BEDF4A44F24E3DC95977477899DC7F8239E7388800E4DA064BF1828E0B9E7',241);
INSERT INTO "river_job" VALUES(53,X'CC4A976E6F746963655F6964C726343339616632633234623839616165382E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363437333737343035',1,'2026-11-27 16:40:50.239',X'CB5DC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:47.379',NULL,'2026-11-27 16:40:50.290','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106137343263613464643661356338306277736E6F6F7A65731332',2,'notice','completed','2026-11-27 16:40:49.209',X'0B',X'41253B529B542A89F30038A36B081DBA1CBEA619A943F79111F4FD62F17B86F1',241);
INSERT INTO "river_job" VALUES(54,X'CC4A976E6F746963655F6964C726323465326132386536636336623565342E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363530333834393732',1,'2026-11-27 16:40:56.440',X'CBBAC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233CA1D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:50.388',NULL,'2026-11-27 16:40:56.472','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103962306533663730386339656539623677736E6F6F7A65731335',1,'notice','completed','2026-11-27 16:40:56.427',X'0B',X'21E856823973483D612F46588D00D183F0F7B8EC9B4A55447AEBD757DEC19FD5',241);
INSERT INTO "river_job" VALUES(55,X'CC23976566666563745F6964C71766696C652F323465326132386536636336623565342E32',1,'2026-11-27 16:40:51.433',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:51.423',NULL,'2026-11-27 16:40:51.469','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71030666437663961313664383435653462',1,'desk','completed','2026-11-27 16:40:51.423',X'0B',X'BD801B74B712C64D1EAC4783ECF81F92D44790567DF6EE28C55137C0DBD39E80',241);
INSERT INTO "river_job" VALUES(56,X'CC4A976E6F746963655F6964C726323465326132386536636336623565342E322F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363531343230383430',1,'2026-11-27 16:40:54.372',X'CB5DC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:51.423',NULL,'2026-11-27 16:40:54.376','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106230373434303266316366323639653477736E6F6F7A65731332',1,'notice','completed','2026-11-27 16:40:53.375',X'0B',X'B894792C81EE1B70D8BB939DEF8445DE4295F9BC13BA4EAB4EF35560555E974A',241);
INSERT INTO "river_job" VALUES(57,X'CC22976566666563745F6964C7167461672F323465326132386536636336623565342E32',1,'2026-11-27 16:40:51.470',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:51.456',NULL,'2026-11-27 16:40:51.484','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71035336138653334313362366137653336',4,'desk','completed','2026-11-27 16:40:51.456',X'0B',X'0E5A7118894FC2C81BD81137261D848C582CD9E4A5FE076D5D1EAEDF0AC3CCAC',241);
INSERT INTO "river_job" VALUES(58,X'CC4A976E6F746963655F6964C726323465326132386536636336623565342E322F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363531343531303832',1,'2026-11-27 16:40:52.342',X'CB3EC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:51.456',NULL,'2026-11-27 16:40:52.417','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7103164376434346130353461666333316177736E6F6F7A65731331',1,'notice','completed','2026-11-27 16:40:52.274',X'0B',X'3EFAD591601D1F180329E2ACE1D40E21FAA471DD43DFFEEC40D18E69C95EF411',241);
INSERT INTO "river_job" VALUES(59,X'CC2F976566666563745F6964C7236E6F74652F316137633733336332303033386630372E312F7265636F76657265642D30',1,'2026-11-27 16:40:54.414',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:54.405',NULL,'2026-11-27 16:40:54.446','effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71036303033326332613061366639633331',4,'desk','completed','2026-11-27 16:40:54.405',X'0B',X'C3ECD9F8BE746F836B72930416EEFBFC608AA6F4A81FC40F559831003F1429E7',241);
INSERT INTO "river_job" VALUES(60,X'CC4A976E6F746963655F6964C726316137633733336332303033386630372E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363534333930353036',1,'2026-11-27 16:40:56.440',X'CB5DC71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233C71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:54.405',NULL,'2026-11-27 16:40:56.460','notice',30000,X'CC30C71272697665723A756E697175655F6E6F6E6365C7106336383666376235363034633966643077736E6F6F7A65731332',1,'notice','completed','2026-11-27 16:40:56.427',X'0B',X'1E5A2F6CFEDF2436586EFE7F3F27DD868CEA01EC880900549FAAB0AA98F6EFA1',241);
INSERT INTO "river_job" VALUES(61,X'CC23976566666563745F6964C71766696C652F366163363636363838333831363065332E31',1,'2026-11-27 16:40:59.892',X'CB1FC71D766D5F323032365F31315F32375431365F34305F33345F303933313233','2026-11-27 16:40:59.848',NULL,NULL,'effect',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71031386637313063383935386236633430',1,'desk','running','2026-11-27 16:40:59.848',X'0B',X'33DA1B9532A6D9D56310CD1A5D47622445A51EFD54929BADB9FF3BBD463614B4',241);
INSERT INTO "river_job" VALUES(62,X'CC4A976E6F746963655F6964C726366163363636363838333831363065332E312F776562686F6F6B3A70616765722F706167657257726F756E64C31031373935373937363539383434373831',0,NULL,NULL,'2026-11-27 16:40:59.848',NULL,NULL,'notice',30000,X'CC26C71272697665723A756E697175655F6E6F6E6365C71033323266656233356166633537313536',1,'notice','available','2026-11-27 16:40:59.848',X'0B',X'91AC45845A72F94E2DB632FFAC1F88CA559FC98A8E83E32BE782FD5318BDF071',241);
CREATE TABLE river_leader (
    elected_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    leader_id text NOT NULL,
    name text PRIMARY KEY NOT NULL DEFAULT 'default' CHECK (name = 'default'),
    CONSTRAINT name_length CHECK (length(name) > 0 AND length(name) < 128),
    CONSTRAINT leader_id_length CHECK (length(leader_id) > 0 AND length(leader_id) < 128)
);
INSERT INTO "river_leader" VALUES('2026-11-27 16:40:34.381','2026-11-27 16:41:14.404','vm_2026_11_27T16_40_34_093123','default');
CREATE TABLE river_migration (
    line text NOT NULL,
    version integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT line_length CHECK (length(line) > 0 AND length(line) < 128),
    CONSTRAINT version_gte_1 CHECK (version >= 1),
    PRIMARY KEY (line, version)
);
INSERT INTO "river_migration" VALUES('main',1,'2026-11-27 16:40:33');
INSERT INTO "river_migration" VALUES('main',2,'2026-11-27 16:40:33');
INSERT INTO "river_migration" VALUES('main',3,'2026-11-27 16:40:33');
INSERT INTO "river_migration" VALUES('main',4,'2026-11-27 16:40:33');
INSERT INTO "river_migration" VALUES('main',5,'2026-11-27 16:40:33');
INSERT INTO "river_migration" VALUES('main',6,'2026-11-27 16:40:33');
INSERT INTO "river_migration" VALUES('main',7,'2026-11-27 16:40:34');
INSERT INTO "river_migration" VALUES('main',8,'2026-11-27 16:40:34');
CREATE TABLE river_notification (
    id integer PRIMARY KEY AUTOINCREMENT,
    created_at timestamp NOT NULL DEFAULT (datetime('now', 'subsec')),
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);
CREATE TABLE river_queue (
    name text PRIMARY KEY NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    paused_at timestamp,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "river_queue" VALUES('desk','2026-11-27 16:40:34.376',X'0C',NULL,'2026-11-27 16:40:34.376');
INSERT INTO "river_queue" VALUES('notice','2026-11-27 16:40:34.398',X'0C',NULL,'2026-11-27 16:40:34.398');
CREATE TABLE session (
    id_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    epoch BIGINT NOT NULL,
    created_at_us BIGINT NOT NULL,
    seen_at_us BIGINT NOT NULL
);
CREATE TABLE silence (
    silence_id TEXT PRIMARY KEY,
    matchers TEXT NOT NULL,
    starts_at_us INTEGER NOT NULL,
    ends_at_us INTEGER NOT NULL,
    comment TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    -- Who ended it before its time, '' for nobody.
    expired_by TEXT NOT NULL DEFAULT ''
);
INSERT INTO "silence" VALUES('f5d4f956-75f3-4e7f-8b87-dede2233b5a8','["alertname=\"Muted\""]',1795797635301107,1795801235298739,'planned work','admin',1795797635301107,'');
CREATE TABLE surface (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL DEFAULT 'unknown',
    since_us INTEGER NOT NULL DEFAULT 0,
    read_at_us INTEGER NOT NULL DEFAULT 0,
    changed_at_us INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT '{}'
);
INSERT INTO "surface" VALUES(1,'checkout','down',1795797635318250,1795797659318174,1795797636318799,'{"status":"down","since":"2026-11-27T16:40:35.31825Z","ill_since":"2026-11-27T16:40:35.31825Z","last_ill":"down","last":{"at":"2026-11-27T16:40:59.318174Z","status":"down","reason":"the connection was refused by 127.0.0.1:9"},"alerting":true,"runs":[{"status":"down","since":"2026-11-27T16:40:35.31825Z","count":25}]}');
INSERT INTO "surface" VALUES(2,'home','operational',1795797634748256,1795797658755678,1795797634749193,'{"status":"operational","since":"2026-11-27T16:40:34.748256Z","last":{"at":"2026-11-27T16:40:58.755678Z","status":"operational","latency_ns":602649,"evidence":{"address":"127.0.0.1:18099","status":"200"}},"well":"2026-11-27T16:40:58.755678Z","runs":[{"status":"operational","since":"2026-11-27T16:40:34.748256Z","count":25}]}');
CREATE TABLE turn (
    surface_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (surface_id, at_us)
) WITHOUT ROWID;
INSERT INTO "turn" VALUES(1,1795797635318250,'unknown','down','the connection was refused by 127.0.0.1:9');
INSERT INTO "turn" VALUES(2,1795797634748256,'unknown','operational','');
CREATE TABLE watch_share (
    share INTEGER PRIMARY KEY,
    watcher TEXT NOT NULL,
    until_us INTEGER NOT NULL
);
INSERT INTO "watch_share" VALUES(-1,'',0);
INSERT INTO "watch_share" VALUES(0,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(1,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(2,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(3,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(4,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(5,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(6,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(7,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(8,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(9,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(10,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(11,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(12,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(13,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(14,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(15,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(16,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(17,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(18,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(19,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(20,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(21,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(22,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(23,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(24,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(25,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(26,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(27,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(28,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(29,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(30,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(31,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(32,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(33,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(34,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(35,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(36,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(37,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(38,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(39,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(40,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(41,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(42,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(43,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(44,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(45,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(46,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(47,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(48,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(49,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(50,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(51,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(52,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(53,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(54,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(55,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(56,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(57,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(58,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(59,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(60,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(61,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(62,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
INSERT INTO "watch_share" VALUES(63,'AHLGPGIRKFWXKSBCF3E33TQJK7',1795797674420386);
CREATE TABLE watcher (
    name TEXT PRIMARY KEY,
    seen_at_us INTEGER NOT NULL
);
INSERT INTO "watcher" VALUES('AHLGPGIRKFWXKSBCF3E33TQJK7',1795797658420386);
CREATE INDEX alert_expires ON alert (expires_at_us) WHERE status = 1 AND expires_at_us > 0;
CREATE INDEX alert_polled ON alert (poll) WHERE status = 1 AND poll <> '';
CREATE INDEX alert_grouped ON alert (alert_key) WHERE alert_key <> fingerprint;
CREATE UNIQUE INDEX incident_one_live ON incident (alert_key) WHERE live = 1;
CREATE INDEX incident_due ON incident (due_at_us) WHERE due_at_us > 0;
CREATE INDEX incident_opened ON incident (opened_at_us);
CREATE INDEX effect_unfinished ON effect (not_before_us) WHERE done_at_us = 0;
CREATE INDEX effect_of ON effect (alert_key, generation);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE INDEX desk_note_of ON desk_note (number, id);
CREATE INDEX incident_ticket ON incident (ticket_id, ticket_desk) WHERE ticket_id <> '';
CREATE INDEX incident_waiting_for_close ON incident (recovered_at_us) WHERE live = 1 AND state = 'recovered';
CREATE INDEX desk_ticket_updated ON desk_ticket (updated_at_us);
CREATE INDEX incident_within ON incident (within_key, within_generation) WHERE live = 1 AND within_key <> 0;
CREATE INDEX listing_waiting ON listing (within_key, within_generation, added_at_us) WHERE effect_id = '';
CREATE INDEX listing_told ON listing (effect_id) WHERE effect_id <> '';
CREATE INDEX silence_ends ON silence (ends_at_us);
CREATE INDEX incident_wanting ON incident (severity, opened_at_us, alert_key) WHERE state = 'open' AND (ticket_state = 'none' OR (ticket_state = 'filed' AND fires > fires_noted));
CREATE INDEX session_seen ON session (seen_at_us);
CREATE INDEX notice_waiting ON notice (not_before_us) WHERE state IN ('waiting', 'sending');
CREATE INDEX notice_of ON notice (alert_key, generation);
CREATE INDEX surface_changed ON surface (changed_at_us);
CREATE INDEX turn_at ON turn (at_us);
CREATE INDEX checkup_at ON checkup (at_us);
CREATE INDEX audit_log_actor ON audit_log (actor, id);
CREATE INDEX audit_log_created ON audit_log (created_at);
CREATE INDEX incident_surface ON incident (surface, opened_at_us) WHERE surface <> '';
CREATE INDEX incident_state ON incident (state, opened_at_us);
CREATE INDEX audit_log_key ON audit_log ((payload ->> 'alert_key'), id);
CREATE INDEX listing_within ON listing (within_key, within_generation, added_at_us);
CREATE INDEX river_notification_created_at_idx ON river_notification (created_at);
CREATE INDEX river_notification_topic_id_idx ON river_notification (topic, id);
CREATE INDEX river_job_kind ON river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON river_job (state, queue, priority, scheduled_at, id);
CREATE UNIQUE INDEX river_job_unique_idx ON river_job (unique_key)
    WHERE unique_key IS NOT NULL
        AND unique_states IS NOT NULL
        AND CASE state
            WHEN 'available' THEN unique_states & (1 << 0)
            WHEN 'cancelled' THEN unique_states & (1 << 1)
            WHEN 'completed' THEN unique_states & (1 << 2)
            WHEN 'discarded' THEN unique_states & (1 << 3)
            WHEN 'pending'   THEN unique_states & (1 << 4)
            WHEN 'retryable' THEN unique_states & (1 << 5)
            WHEN 'running'   THEN unique_states & (1 << 6)
            WHEN 'scheduled' THEN unique_states & (1 << 7)
            ELSE 0
        END >= 1;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('goose_db_version',12);
INSERT INTO "sqlite_sequence" VALUES('river_job',62);
INSERT INTO "sqlite_sequence" VALUES('desk_ticket',12);
INSERT INTO "sqlite_sequence" VALUES('desk_note',5);
COMMIT;
