/** Whether the image is where its name says, before machines are paid for that cannot pull it. */
import { ecrRepository } from '../../infrastructure/image.ts';
import type { Derived } from '../../config/index.ts';
import { ecrHas } from '../ecr.ts';
import type { Finding } from '../finding.ts';
import { IMAGE_ARCHITECTURE } from '../manifest.ts';
import { askRegistry, imageReference } from '../registry.ts';
import { listed } from '../words.ts';
import type { Asked, Check } from './check.ts';

export function image({ config, derived, aws }: Asked): Check[] {
  const { DOCKERHUB_TAG: name } = config;
  const reference = imageReference(name);
  const repository = ecrRepository(config);
  const look = async (): Promise<Finding[]> => {
    if (repository !== undefined) {
      const answer = await ecrHas(aws.options, repository, reference.version);
      return answer === 'there' ? [] : [missing(name, answer)];
    }
    const answer = await askRegistry(reference);
    switch (answer.kind) {
      case 'there':
        return misfit(name, answer.architectures, derived.architecture);
      case 'missing':
        return [missing(name, answer.why)];
      case 'closed':
        return [
          config.DOCKER_CREDENTIALS_SECRET === undefined ? hidden(name, reference.registry) : login(name),
        ];
      case 'silent':
        return [
          { kind: 'note', message: `Whether the image ${name} exists was not checked: ${answer.why}.` },
        ];
    }
  };
  return [{ doing: `Looking for the image ${name}`, look }];
}

const FIX = 'Correct DOCKERHUB_TAG in config.ts; --force if the image will be there before the jobs are.';

/** As from a Mac, whose images are for arm64 unless it is told otherwise. */
function misfit(
  name: string,
  architectures: readonly string[] | undefined,
  machines: Derived['architecture'],
): Finding[] {
  const wanted = IMAGE_ARCHITECTURE[machines];
  if (architectures === undefined || architectures.includes(wanted)) return [];
  return [
    {
      kind: 'risk',
      message: `The image ${name} (DOCKERHUB_TAG) is for ${listed(architectures)}, and the machines (MACHINE_TYPE) are ${wanted}: no Fiji would start on them.`,
      fix: `Build it for these machines (docker buildx build --platform linux/${wanted} ...), or choose other machine types; --force if it will be there before the jobs are.`,
    },
  ];
}

function missing(name: string, why: string): Finding {
  return { kind: 'risk', message: `There is no image ${name} (DOCKERHUB_TAG): ${why}.`, fix: FIX };
}

/** Registries do not tell a stranger whether an image is private or does not exist. */
function hidden(name: string, registry: string): Finding {
  return {
    kind: 'risk',
    message: `There is no image ${name} (DOCKERHUB_TAG) that everybody may pull: ${registry} has none of this name, or it is private.`,
    fix: 'Correct the name in config.ts; for a private image write DOCKER_CREDENTIALS_SECRET. --force if it will be there before the jobs are.',
  };
}

function login(name: string): Finding {
  return {
    kind: 'note',
    message: `Whether the image ${name} exists was not checked: it is private, and only the machines log in (DOCKER_CREDENTIALS_SECRET).`,
  };
}
