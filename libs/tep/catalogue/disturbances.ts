export type DisturbanceKind = 'step' | 'random' | 'drift' | 'sticking' | 'intermittent' | 'closed_loop';

export interface DisturbanceDefinition {
  /** Number of the disturbance, 1 … 21, as in the public data sets. */
  readonly idv: number;
  readonly title: string;
  readonly titleKo: string;
  /** Shape in time; `closed_loop` is a fault of the control scheme, not of the plant. */
  readonly kind: DisturbanceKind;
  /** Where the cause sits; its symptoms may show elsewhere first. */
  readonly equipmentCode: string;
  /** Tags which should move first or most, from the physics and the control scheme. */
  readonly expectedTags: readonly string[];
  readonly cause: string;
  readonly causeKo: string;
  /** What whoever is called to the plant looks at. */
  readonly lookAt: string;
  readonly lookAtKo: string;
}

/**
 * Disturbances 1–20 of Downs and Vogel (16–20, whose nature the paper keeps back, as their released model has
 * them) and fault 21 of the public Braatz data. The expected tags follow from where the disturbance enters
 * the equations and which loop answers it under the public control scheme (a compensated disturbance shows in
 * the valve, not in the controlled variable).
 */
export const DISTURBANCES: readonly DisturbanceDefinition[] = [
  {
    idv: 1,
    title: 'A/C feed ratio, B composition constant (stream 4)',
    titleKo: 'A/C 공급비 변화, B 조성 일정 (스트림 4)',
    kind: 'step',
    equipmentCode: 'FEED',
    expectedTags: [
      'XMEAS_01',
      'XMV_03',
      'XMEAS_23',
      'XMEAS_25',
      'XMEAS_29',
      'XMEAS_31',
      'XMEAS_16',
      'XMEAS_07',
      'XMEAS_04',
    ],
    cause:
      'Stream 4 brings three mole per cent less A and that much more C. The reactor feed runs short of A, so the A feed valve opens to make it up.',
    causeKo:
      '스트림 4의 A가 3 mol% 줄고 그만큼 C가 늘어난다. 반응기 유입 가스의 A가 부족해져 A 공급 밸브가 더 열린다.',
    lookAt:
      'Check the composition of stream 4 at its supplier or where it is mixed, and whether the A feed valve still has room to open.',
    lookAtKo:
      '스트림 4의 조성을 공급처나 혼합 지점에서 확인하고, A 공급 밸브에 더 열릴 여유가 있는지 보십시오.',
  },
  {
    idv: 2,
    title: 'B composition, A/C ratio constant (stream 4)',
    titleKo: 'B 조성 변화, A/C 비 일정 (스트림 4)',
    kind: 'step',
    equipmentCode: 'FEED',
    expectedTags: ['XMEAS_10', 'XMV_06', 'XMEAS_30', 'XMEAS_24', 'XMEAS_34', 'XMEAS_28'],
    cause:
      'Stream 4 brings twice the inert B. It builds up in the gas loop until the purge opens wide enough to carry it out.',
    causeKo:
      '스트림 4의 불활성 성분 B가 두 배가 된다. 순환계에 B가 쌓이고, 이를 내보내기 위해 퍼지가 크게 열린다.',
    lookAt:
      'Check the inert B in stream 4 at its supplier, and whether the purge still carries off what comes in.',
    lookAtKo: '스트림 4의 불활성 성분 B를 공급처에서 확인하고, 퍼지로 충분히 배출되는지 보십시오.',
  },
  {
    idv: 3,
    title: 'D feed temperature (stream 2)',
    titleKo: 'D 공급 온도 (스트림 2)',
    kind: 'step',
    equipmentCode: 'FEED',
    expectedTags: ['XMV_10', 'XMEAS_21', 'XMEAS_09'],
    cause:
      'The D feed is 5 °C warmer. Its heat is small against the heat of reaction; the reactor cooling takes it up and little else shows.',
    causeKo:
      'D 원료가 5 °C 따뜻해진다. 반응열에 비해 작은 열량이라 반응기 냉각이 흡수하고 다른 변화는 거의 보이지 않는다.',
    lookAt: 'Check the temperature of the D feed: its storage, heating and what runs beside its line.',
    lookAtKo: 'D 원료 온도를 확인하십시오: 저장 탱크, 가열 설비, 배관 주변.',
  },
  {
    idv: 4,
    title: 'Reactor cooling-water inlet temperature',
    titleKo: '반응기 냉각수 입구 온도',
    kind: 'step',
    equipmentCode: 'REACTOR',
    expectedTags: ['XMV_10', 'XMEAS_09', 'XMEAS_21'],
    cause:
      'The cooling water enters the reactor 5 °C warmer. The temperature control opens the cooling-water valve and holds the reactor; only the valve stays away from its usual place.',
    causeKo:
      '반응기 냉각수가 5 °C 더 따뜻하게 들어온다. 온도 제어가 냉각수 밸브를 열어 반응기 온도를 유지하며, 밸브 개도만 평소와 달라진다.',
    lookAt:
      'Check the cooling water of the reactor: supply temperature, cooling tower and pumps, and how far the valve still can open.',
    lookAtKo: '반응기 냉각수를 확인하십시오: 공급 온도, 냉각탑, 펌프, 그리고 밸브의 남은 개도.',
  },
  {
    idv: 5,
    title: 'Condenser cooling-water inlet temperature',
    titleKo: '응축기 냉각수 입구 온도',
    kind: 'step',
    equipmentCode: 'CONDENSER',
    expectedTags: [
      'XMEAS_22',
      'XMEAS_11',
      'XMV_11',
      'XMEAS_13',
      'XMEAS_07',
      'XMEAS_16',
      'XMEAS_20',
      'XMV_05',
    ],
    cause:
      'The cooling water enters the condenser 5 °C warmer. Less product condenses, separator temperature and pressures swing, until the condenser valve has opened enough.',
    causeKo:
      '응축기 냉각수가 5 °C 더 따뜻하게 들어온다. 응축이 줄어 분리기 온도와 압력이 흔들리고, 응축기 밸브가 충분히 열리면 가라앉는다.',
    lookAt:
      'Check the cooling water of the condenser: supply temperature, cooling tower and pumps, and how far the valve still can open.',
    lookAtKo: '응축기 냉각수를 확인하십시오: 공급 온도, 냉각탑, 펌프, 그리고 밸브의 남은 개도.',
  },
  {
    idv: 6,
    title: 'A feed loss (stream 1)',
    titleKo: 'A 공급 상실 (스트림 1)',
    kind: 'step',
    equipmentCode: 'FEED',
    expectedTags: [
      'XMEAS_01',
      'XMV_03',
      'XMEAS_23',
      'XMEAS_29',
      'XMEAS_20',
      'XMV_05',
      'XMEAS_16',
      'XMEAS_31',
    ],
    cause:
      'The A feed is lost although its valve opens fully. The reactions starve of A, pressure climbs, and the plant shuts down after some hours.',
    causeKo:
      'A 공급이 끊기고 밸브를 완전히 열어도 회복되지 않는다. A가 부족해 압력이 오르고 몇 시간 뒤 공장이 정지한다.',
    lookAt:
      'Check the supply of A at once: shut-off valves, the pressure before the feed valve, the supplier. Without it the plant trips within hours.',
    lookAtKo:
      'A 원료 공급을 즉시 확인하십시오: 차단 밸브, 공급 밸브 앞 압력, 공급처. 회복되지 않으면 몇 시간 안에 공장이 정지합니다.',
  },
  {
    idv: 7,
    title: 'C header pressure loss, reduced availability (stream 4)',
    titleKo: 'C 헤더 압력 저하, 공급 능력 감소 (스트림 4)',
    kind: 'step',
    equipmentCode: 'FEED',
    expectedTags: [
      'XMV_04',
      'XMEAS_04',
      'XMEAS_16',
      'XMEAS_07',
      'XMEAS_13',
      'XMEAS_08',
      'XMEAS_20',
      'XMV_05',
    ],
    cause:
      'The header gives a fifth less of stream 4 at the same valve position. Flow and pressures dip until the valve has opened by a quarter of its position.',
    causeKo:
      '같은 밸브 개도에서 스트림 4 유량이 20 % 줄어든다. 밸브가 원래 개도의 4분의 1만큼 더 열릴 때까지 유량과 압력이 떨어진다.',
    lookAt:
      'Check the pressure of the C header and who else draws from it; the valve of stream 4 needs room to open further.',
    lookAtKo:
      'C 헤더 압력과 같은 헤더를 쓰는 다른 설비를 확인하십시오. 스트림 4 밸브에 더 열릴 여유가 있어야 합니다.',
  },
  {
    idv: 8,
    title: 'A, B, C composition (stream 4)',
    titleKo: 'A, B, C 조성 변동 (스트림 4)',
    kind: 'random',
    equipmentCode: 'FEED',
    expectedTags: [
      'XMEAS_16',
      'XMEAS_07',
      'XMEAS_13',
      'XMEAS_23',
      'XMEAS_25',
      'XMEAS_29',
      'XMEAS_31',
      'XMEAS_01',
      'XMV_03',
      'XMEAS_10',
      'XMV_06',
    ],
    cause:
      'The composition of stream 4 wanders. Gas composition, pressures, A feed and purge wander after it.',
    causeKo: '스트림 4의 조성이 불규칙하게 변한다. 가스 조성, 압력, A 공급, 퍼지가 따라 흔들린다.',
    lookAt: 'Check what stream 4 is mixed of: the share of A, B and C from its sources, and their analysers.',
    lookAtKo: '스트림 4의 혼합 상태를 확인하십시오: 공급원별 A, B, C 비율과 분석기.',
  },
  {
    idv: 9,
    title: 'D feed temperature (stream 2), random',
    titleKo: 'D 공급 온도 불규칙 변동 (스트림 2)',
    kind: 'random',
    equipmentCode: 'FEED',
    expectedTags: ['XMV_10', 'XMEAS_21', 'XMEAS_09'],
    cause:
      'The temperature of the D feed wanders. As with its step, reactor cooling takes up the little heat it carries.',
    causeKo: 'D 원료 온도가 불규칙하게 변한다. 열량이 작아 반응기 냉각이 흡수한다.',
    lookAt: 'Check what makes the temperature of the D feed unsteady: heating, tank changes, the weather.',
    lookAtKo: 'D 원료 온도가 흔들리는 원인을 확인하십시오: 가열 설비, 탱크 교체, 기상.',
  },
  {
    idv: 10,
    title: 'A and C feed temperature (stream 4)',
    titleKo: 'A·C 공급 온도 변동 (스트림 4)',
    kind: 'random',
    equipmentCode: 'FEED',
    expectedTags: ['XMEAS_18', 'XMEAS_19', 'XMV_09', 'XMEAS_38'],
    cause:
      'The temperature of stream 4 wanders. It enters the stripper, so the stripper temperature follows and the steam valve works against it.',
    causeKo:
      '스트림 4 온도가 불규칙하게 변한다. 스트리퍼로 들어가므로 스트리퍼 온도가 따라 변하고 스팀 밸브가 이를 보정한다.',
    lookAt:
      'Check what makes the temperature of stream 4 unsteady: its heat exchanger and source; and the steam valve of the stripper.',
    lookAtKo: '스트림 4 온도가 흔들리는 원인(열교환기, 공급원)과 스트리퍼 스팀 밸브를 확인하십시오.',
  },
  {
    idv: 11,
    title: 'Reactor cooling-water inlet temperature, random',
    titleKo: '반응기 냉각수 입구 온도 불규칙 변동',
    kind: 'random',
    equipmentCode: 'REACTOR',
    expectedTags: ['XMV_10', 'XMEAS_09', 'XMEAS_21'],
    cause:
      'The inlet temperature of the reactor cooling water wanders; valve and reactor temperature follow it.',
    causeKo: '반응기 냉각수 입구 온도가 불규칙하게 변하고 냉각수 밸브와 반응기 온도가 따라 움직인다.',
    lookAt:
      'Check what makes the reactor cooling water unsteady: cooling tower fans, switching pumps, other users.',
    lookAtKo: '반응기 냉각수가 흔들리는 원인을 확인하십시오: 냉각탑 팬, 펌프 절체, 다른 사용처.',
  },
  {
    idv: 12,
    title: 'Condenser cooling-water inlet temperature, random',
    titleKo: '응축기 냉각수 입구 온도 불규칙 변동',
    kind: 'random',
    equipmentCode: 'CONDENSER',
    expectedTags: [
      'XMEAS_22',
      'XMEAS_11',
      'XMV_11',
      'XMEAS_13',
      'XMEAS_07',
      'XMEAS_16',
      'XMEAS_35',
      'XMEAS_04',
    ],
    cause:
      'The inlet temperature of the condenser cooling water wanders. Condensation, separator temperature and the pressures of the gas loop follow it.',
    causeKo: '응축기 냉각수 입구 온도가 불규칙하게 변한다. 응축량, 분리기 온도, 순환계 압력이 따라 흔들린다.',
    lookAt:
      'Check what makes the condenser cooling water unsteady: cooling tower fans, switching pumps, other users.',
    lookAtKo: '응축기 냉각수가 흔들리는 원인을 확인하십시오: 냉각탑 팬, 펌프 절체, 다른 사용처.',
  },
  {
    idv: 13,
    title: 'Reaction kinetics',
    titleKo: '반응 속도 완만한 변화',
    kind: 'drift',
    equipmentCode: 'REACTOR',
    expectedTags: [
      'XMEAS_07',
      'XMEAS_13',
      'XMEAS_16',
      'XMEAS_21',
      'XMV_10',
      'XMEAS_11',
      'XMEAS_40',
      'XMEAS_41',
    ],
    cause:
      'The rates of the two product reactions drift by up to a quarter. Heat release, gas inventory and the split of G and H drift with them.',
    causeKo:
      '두 주반응의 속도가 최대 25 %까지 서서히 변한다. 발열량, 가스 재고(압력), G·H 비율이 함께 변한다.',
    lookAt:
      'Check what changes the reaction: catalyst, impurities in the feeds, reactor temperature; follow the G and H analyses of the product.',
    lookAtKo:
      '반응 속도가 변한 원인을 확인하십시오: 촉매, 원료 불순물, 반응기 온도. 제품의 G, H 분석값 추이를 보십시오.',
  },
  {
    idv: 14,
    title: 'Reactor cooling-water valve',
    titleKo: '반응기 냉각수 밸브 고착',
    kind: 'sticking',
    equipmentCode: 'REACTOR',
    expectedTags: ['XMV_10', 'XMEAS_21', 'XMEAS_09'],
    cause:
      'The reactor cooling-water valve sticks: it moves only when its command differs by more than two per cent. Valve, cooling-water and reactor temperature cycle.',
    causeKo:
      '반응기 냉각수 밸브가 고착되어 지령이 2 % 넘게 달라져야 움직인다. 밸브, 냉각수 온도, 반응기 온도가 주기적으로 흔들린다.',
    lookAt: 'Have the reactor cooling-water valve stroked: stem, packing, positioner and air supply.',
    lookAtKo: '반응기 냉각수 밸브의 동작을 점검하십시오: 스템, 패킹, 포지셔너, 계장 공기.',
  },
  {
    idv: 15,
    title: 'Condenser cooling-water valve',
    titleKo: '응축기 냉각수 밸브 고착',
    kind: 'sticking',
    equipmentCode: 'CONDENSER',
    expectedTags: ['XMV_11', 'XMEAS_22', 'XMEAS_11'],
    cause:
      'The condenser cooling-water valve sticks. Its controller moves slowly and by little, so the effect is faint.',
    causeKo: '응축기 냉각수 밸브가 고착된다. 이 제어기는 느리고 작게 움직이므로 영향이 미미하다.',
    lookAt: 'Have the condenser cooling-water valve stroked: stem, packing, positioner and air supply.',
    lookAtKo: '응축기 냉각수 밸브의 동작을 점검하십시오: 스템, 패킹, 포지셔너, 계장 공기.',
  },
  {
    idv: 16,
    title: 'Stripper steam heat transfer (undisclosed in the paper)',
    titleKo: '스트리퍼 스팀 열전달 변동 (논문 미공개)',
    kind: 'random',
    equipmentCode: 'STRIPPER',
    expectedTags: ['XMEAS_19', 'XMV_09', 'XMEAS_18', 'XMEAS_38'],
    cause:
      'The heat transfer of the stripper steam heater wanders by up to a quarter. Steam flow and stripper temperature change and the steam valve works against it.',
    causeKo:
      '스트리퍼 스팀 가열기의 열전달이 최대 25 % 변동한다. 스팀 유량과 스트리퍼 온도가 변하고 스팀 밸브가 보정한다.',
    lookAt: 'Check the steam heater of the stripper: condensate drain, steam pressure, fouling.',
    lookAtKo: '스트리퍼 스팀 가열기를 확인하십시오: 응축수 배출, 스팀 압력, 오염.',
  },
  {
    idv: 17,
    title: 'Reactor heat transfer (undisclosed in the paper)',
    titleKo: '반응기 열전달 저하 (논문 미공개)',
    kind: 'intermittent',
    equipmentCode: 'REACTOR',
    expectedTags: ['XMEAS_21', 'XMEAS_09', 'XMV_10'],
    cause:
      'The reactor loses up to a third of its heat transfer, grows worse over some hours and recovers at once, again and again. Cooling-water outlet temperature falls away while the reactor warms.',
    causeKo:
      '반응기 열전달이 몇 시간에 걸쳐 최대 35 %까지 떨어졌다가 갑자기 회복하기를 되풀이한다. 반응기는 뜨거워지고 냉각수 출구 온도는 어긋난다.',
    lookAt:
      'Check the heat transfer of the reactor: fouling of the cooling coils, cooling-water flow, agitator.',
    lookAtKo: '반응기 열전달을 확인하십시오: 냉각 코일 오염, 냉각수 유량, 교반기.',
  },
  {
    idv: 18,
    title: 'Condenser heat transfer (undisclosed in the paper)',
    titleKo: '응축기 열전달 저하 (논문 미공개)',
    kind: 'intermittent',
    equipmentCode: 'CONDENSER',
    expectedTags: ['XMEAS_22', 'XMEAS_11', 'XMV_11', 'XMEAS_13', 'XMEAS_07', 'XMEAS_16'],
    cause:
      'The condenser loses up to a quarter of its heat transfer, grows worse over some hours and recovers at once, again and again. Condensation falls and the condenser valve has to open.',
    causeKo:
      '응축기 열전달이 몇 시간에 걸쳐 최대 25 %까지 떨어졌다가 갑자기 회복하기를 되풀이한다. 응축이 줄어 응축기 밸브가 열린다.',
    lookAt:
      'Check the condenser: fouling, gas that does not condense, cooling-water flow. Watch the reactor pressure, which trips the plant.',
    lookAtKo:
      '응축기를 확인하십시오: 오염, 비응축 가스, 냉각수 유량. 공장 정지로 이어지는 반응기 압력을 주시하십시오.',
  },
  {
    idv: 19,
    title: 'Valves of recycle, separator, product and steam (undisclosed in the paper)',
    titleKo: '순환·분리기·제품·스팀 밸브 고착 (논문 미공개)',
    kind: 'sticking',
    equipmentCode: 'COMPRESSOR',
    expectedTags: ['XMV_05', 'XMEAS_05', 'XMEAS_20', 'XMV_09', 'XMEAS_19', 'XMV_07', 'XMEAS_14', 'XMV_08'],
    cause:
      'Four valves stick: compressor recycle, separator liquid, product and steam. The fast recycle flow loop, which makes small moves all the time, suffers most.',
    causeKo:
      '압축기 순환, 분리기 액, 제품, 스팀의 네 밸브가 고착된다. 끊임없이 조금씩 움직이는 순환 유량 제어가 가장 큰 영향을 받는다.',
    lookAt:
      'Have the valves of compressor recycle, separator liquid, product and steam stroked, the recycle valve first.',
    lookAtKo: '압축기 순환, 분리기 액, 제품, 스팀 밸브의 동작을 점검하십시오. 순환 밸브부터 보십시오.',
  },
  {
    idv: 20,
    title: 'Flow from reactor to separator (undisclosed in the paper)',
    titleKo: '반응기–분리기 유로 막힘 (논문 미공개)',
    kind: 'intermittent',
    equipmentCode: 'REACTOR',
    expectedTags: ['XMV_05', 'XMEAS_20', 'XMEAS_13', 'XMEAS_07', 'XMEAS_16', 'XMEAS_05', 'XMEAS_06'],
    cause:
      'The line from the reactor to the condenser passes up to a quarter less, grows worse over some hours and clears at once, again and again. Pressure rises before it and falls after it; the compressor has to make up the difference.',
    causeKo:
      '반응기에서 응축기로 가는 유로의 통과 능력이 몇 시간에 걸쳐 최대 25 % 줄었다가 갑자기 회복하기를 되풀이한다. 앞쪽 압력은 오르고 뒤쪽은 내려가 압축기 부담이 커진다.',
    lookAt:
      'Check the line from the reactor to the condenser: deposits, strainers, valves; compare the pressures before and after it.',
    lookAtKo:
      '반응기에서 응축기로 가는 배관을 확인하십시오: 침적물, 스트레이너, 밸브. 앞뒤 압력을 비교하십시오.',
  },
  {
    idv: 21,
    title: 'A and C feed valve held at its steady-state position (stream 4)',
    titleKo: 'A·C 공급 밸브 정상 위치 고정 (스트림 4)',
    kind: 'closed_loop',
    equipmentCode: 'FEED',
    expectedTags: ['XMV_04', 'XMEAS_04', 'XMEAS_08', 'XMEAS_07', 'XMEAS_13', 'XMEAS_16'],
    cause:
      'The valve of stream 4 no longer follows its controller. Reactor level, which that feed controls, is left to itself, and inventory and pressures drift slowly.',
    causeKo:
      '스트림 4 밸브가 제어기 지령을 따르지 않는다. 이 유량이 제어하던 반응기 액위가 방치되어 재고와 압력이 서서히 변한다.',
    lookAt:
      'Check whether the valve of stream 4 follows its command: positioner, air supply, manual operation. Watch the reactor level.',
    lookAtKo:
      '스트림 4 밸브가 지령을 따르는지 확인하십시오: 포지셔너, 계장 공기, 수동 조작 여부. 반응기 액위를 주시하십시오.',
  },
];
